import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What a client has read. */
export interface ReadUsage {
  /** Requests by operation. */
  readonly calls: Readonly<Record<string, number>>
  /** As DynamoDB bills the reads: whole units of 4 KB, or halves of 8 KB for one that need not be consistent. */
  readonly bytes: number
}

const BYTES_PER_UNIT = { Query: 8192, BatchGetItem: 4096 } as const

/** AWS bills so much also for nothing found. */
const LEAST_UNITS = 0.5

/** Notes what a client that makes no other calls than these reads; the product knows nothing of it. */
export function readMeterOf(client: DynamoDBClient): () => ReadUsage {
  let calls: Record<string, number> = {}
  let bytes = 0
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const name = String(commandName).replace('Command', '')
        args.input = Object.assign({}, args.input, { ReturnConsumedCapacity: 'TOTAL' })
        if (!isRead(name)) throw new Error(`${name} is neither of the reads that pages are made of`)
        const result = await next(args)
        calls[name] = (calls[name] ?? 0) + 1
        bytes += Math.max(unitsOf(result.output), LEAST_UNITS) * BYTES_PER_UNIT[name]
        return result
      },
    { step: 'initialize' },
  )
  return () => {
    const used = { calls, bytes }
    calls = {}
    bytes = 0
    return used
  }
}

function isRead(name: string): name is keyof typeof BYTES_PER_UNIT {
  return name in BYTES_PER_UNIT
}

interface Capacity {
  readonly CapacityUnits?: number
}

function unitsOf(output: object): number {
  const capacity = 'ConsumedCapacity' in output ? output.ConsumedCapacity : []
  const all = [capacity].flat() as readonly Capacity[]
  return all.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}
