import { RemovalPolicy } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { SIGN_INS_TABLE } from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { ItemTable } from './item-table.ts'

/**
 * Sign-ins under way. Everything in it expires within minutes or days, and a restore would bring back
 * states and tokens that were already spent: no recovery, no protection, gone with the stack.
 */
export class SignInsTable extends ItemTable {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      schema: SIGN_INS_TABLE,
      variable: ENV.signInsTable,
      isStreamed: false,
      pointInTimeRecovery: false,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    })
  }
}
