import { RemovalPolicy } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { CONNECTIONS_TABLE } from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { ItemTable } from './item-table.ts'

/**
 * Connections with their sealed tokens. To lose it means that every customer signs in again, so it
 * outlives the stack, can be restored to any second of the last 35 days, and is not deleted by mistake.
 */
export class ConnectionsTable extends ItemTable {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      schema: CONNECTIONS_TABLE,
      variable: ENV.connectionsTable,
      isStreamed: true,
      pointInTimeRecovery: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }
}
