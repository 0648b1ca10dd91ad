import { RemovalPolicy } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { SIGN_INS_TABLE } from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { ItemTable } from './item-table.ts'

/**
 * Sign-ins under way, and what was revoked of late, which a restore of the connections must not undo.
 * Everything in it expires within minutes, days or five weeks, and a restore would bring back states and
 * tokens that were already spent: no recovery, no protection, gone with the stack.
 */
export class SignInsTable extends ItemTable {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      schema: SIGN_INS_TABLE,
      variable: ENV.signInsTable,
      pointInTimeRecovery: false,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    })
  }
}
