import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What a client has used since the meter was last read. */
export interface Usage {
  readonly requests: number
  /** As AWS bills them: DynamoDB Local reports 0 for a read that finds nothing, AWS takes its least. */
  readonly readUnits: number
  readonly writeUnits: number
  /** Units by operation, and by index where one took part: `UpdateItem due`. */
  readonly units: Readonly<Record<string, number>>
  /** Requests by operation. */
  readonly calls: Readonly<Record<string, number>>
}

interface Capacity {
  readonly CapacityUnits?: number | undefined
  readonly Table?: { readonly CapacityUnits?: number | undefined } | undefined
  readonly GlobalSecondaryIndexes?:
    | Readonly<Record<string, { readonly CapacityUnits?: number | undefined }>>
    | undefined
}

/** An eventually consistent read of up to 4 KB, also of nothing. */
const LEAST_READ_UNITS = 0.5

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan'])

/** A DynamoDB client that asks what each call cost; the product knows nothing of it. */
export function meteredClient(endpoint: string): {
  readonly client: DynamoDBClient
  /** What was used since the last call. */
  readonly read: () => Usage
} {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 10,
  })
  let meter = newMeter()
  client.middlewareStack.add(
    (next, context) => async (args) => {
      args.input = Object.assign({}, args.input, { ReturnConsumedCapacity: 'INDEXES' })
      const result = await next(args)
      const operation = String(context.commandName).replace('Command', '')
      meter.add(operation, capacitiesOf(result.output), missesOf(args.input, result.output))
      return result
    },
    { step: 'initialize', name: 'askForConsumedCapacity' },
  )
  return {
    client,
    read: () => {
      const used = meter.usage
      meter = newMeter()
      return used
    },
  }
}

function capacitiesOf(output: object): readonly Capacity[] {
  const capacity: Capacity | readonly Capacity[] | undefined =
    'ConsumedCapacity' in output ? (output.ConsumedCapacity as Capacity) : undefined
  return capacity === undefined ? [] : [capacity].flat()
}

/** How many reads found nothing. */
function missesOf(input: object, output: object): number {
  if ('KeyConditionExpression' in input) return 'Count' in output && output.Count === 0 ? 1 : 0
  if (!('RequestItems' in input) || !('Responses' in output)) return 0
  const requested = Object.values(input.RequestItems as Record<string, { Keys: unknown[] }>)
  const found = Object.values(output.Responses as Record<string, unknown[]>)
  return requested.flatMap(({ Keys }) => Keys).length - found.flat().length
}

function newMeter() {
  const units: Record<string, number> = {}
  const calls: Record<string, number> = {}
  const usage = { requests: 0, readUnits: 0, writeUnits: 0, units, calls }
  const add = (operation: string, capacities: readonly Capacity[], misses: number): void => {
    usage.requests += 1
    usage.readUnits += misses * LEAST_READ_UNITS
    count(units, `${operation} of nothing`, misses * LEAST_READ_UNITS)
    count(calls, operation, 1)
    for (const capacity of capacities) {
      usage[READS.has(operation) ? 'readUnits' : 'writeUnits'] += unitsOf(capacity)
      for (const [where, used] of Object.entries(partsOf(capacity))) {
        count(units, `${operation} ${where}`, used)
      }
    }
  }
  return { usage, add }
}

const unitsOf = ({ CapacityUnits = 0 }: Pick<Capacity, 'CapacityUnits'>): number => CapacityUnits

/** The units of the table and of each index. */
function partsOf({ Table, GlobalSecondaryIndexes }: Capacity): Readonly<Record<string, number>> {
  const indexes = Object.entries(GlobalSecondaryIndexes ?? {})
  const parts = indexes.map(([name, part]) => [name, unitsOf(part)])
  return { ...Object.fromEntries(parts), table: unitsOf(Table ?? {}) }
}

function count(counts: Record<string, number>, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by
}
