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
  constructor(scope: Construct, id: string, { removalPolicy, key }: Keeping) {
    super(scope, id, {
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
