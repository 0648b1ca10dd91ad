import { RemovalPolicy, Validations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { SIGN_INS_TABLE } from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { ItemTable } from './item-table.ts'
import type { Keeping } from './keeping.ts'

/**
 * Sign-ins under way, what was revoked of late, which a restore of the connections must not undo, and
 * what became of each connection, to look at. Everything in it expires, and a restore would bring back
 * states and tokens that were already spent: no recovery, no protection, gone with the stack.
 */
export class SignInsTable extends ItemTable {
  constructor(scope: Construct, id: string, { key }: Keeping) {
    super(scope, id, {
      schema: SIGN_INS_TABLE,
      variable: ENV.signInsTable,
      isStreamed: false,
      pointInTimeRecovery: false,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
      key,
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason:
        'a restore would bring back sign-in states and tokens that were spent; what is lost is a sign-in of some minutes, begun again, and a history that nothing depends on',
    })
  }
}
