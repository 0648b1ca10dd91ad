import { RemovalPolicy } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { CONNECTIONS_TABLE } from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { ItemTable } from './item-table.ts'
import type { Keeping } from './keeping.ts'

/**
 * Connections with their sealed tokens. To lose it means that every customer signs in again, so it
 * outlives the stack, can be restored to any second of the last 35 days, and is not deleted by mistake.
 * Only that of a trial goes with its stack.
 */
export class ConnectionsTable extends ItemTable {
  /** @param keeping `existingStreamArn`: the stream of a restored table, used in place of the stack's own */
  constructor(
    scope: Construct,
    id: string,
    keeping: Keeping & { readonly existingStreamArn: string | undefined },
  ) {
    const { removalPolicy, key, existingStreamArn } = keeping
    super(scope, id, {
      existingStreamArn,
      schema: CONNECTIONS_TABLE,
      variable: ENV.connectionsTable,
      isStreamed: true,
      pointInTimeRecovery: true,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
      key,
    })
  }
}
