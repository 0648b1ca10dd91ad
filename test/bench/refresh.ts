import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { ensureTables } from '../../infra/local/dynamodb.ts'
import { startDynamodbLocal } from '../interop/support/dynamodb-local.ts'
import { installPeers } from './install.ts'
import { priceRows, sizeRow, speedRows, sweepRows } from './rows.ts'
import { measureSpeed } from './speed.ts'
import { serve } from './support/local-server.ts'
import { meteredClient } from './support/metered-client.ts'
import { say } from './support/progress.ts'
import { tableOf } from './support/table.ts'
import { tokenEndpoint } from './support/token-endpoint.ts'
import { measureSweepCost, SWEPT_TABLE, type SweepCost, warmUpSweeps } from './sweep-cost.ts'
import { measureStoredSize } from './token-size.ts'

const { values } = parseArgs({
  options: {
    'up-to': { type: 'string', default: '1e6' },
    due: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
  },
})

/** Measures how the cost of refreshing grows, how fast one worker is, and what a million cost. */
async function main(): Promise<void> {
  const startedAt = Date.now()
  installPeers()
  const speeds = await measureSpeed(Number(values.rounds))
  const costs = await sweepCosts()
  say('measuring what is stored…')
  const size = await measureStoredSize()
  const rows = [
    ...sweepRows(costs),
    ...speedRows(speeds),
    sizeRow(size),
    ...priceRows({ costs, speeds, size }),
  ]
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
  const load = loadavg().map((part) => part.toFixed(1))
  say(`\n${tableOf(rows)}\n`)
  say(
    `Node ${process.version}, ${availableParallelism()} cores, load ${load.join(' ')}, ${minutes} minutes`,
  )
}

async function sweepCosts(): Promise<readonly SweepCost[]> {
  say('starting DynamoDB Local…')
  const dynamodb = await startDynamodbLocal()
  const { client, read } = meteredClient(dynamodb.endpoint)
  const entra = await serve(tokenEndpoint())
  try {
    const options = {
      store: { client, table: SWEPT_TABLE },
      readMeter: read,
      entraBaseUrl: `${entra.url}/0`,
      due: Number(values.due),
      upTo: Number(values['up-to']),
    }
    await ensureTables(client)
    await warmUpSweeps(options)
    await client.send(new DeleteTableCommand({ TableName: SWEPT_TABLE }))
    await ensureTables(client)
    return await measureSweepCost(options)
  } finally {
    client.destroy()
    entra.close()
    await dynamodb.stop()
  }
}

// a process that ends by a signal runs no exit handler, and its children would stay
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

await main()
