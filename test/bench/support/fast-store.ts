import type { RequestListener } from 'node:http'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** An item as DynamoDB writes it in JSON, with the key first. */
export interface StoredItem {
  readonly pk: string
  readonly json: string
}

type Input = Readonly<Record<string, unknown>>

/** The table's name says how many connections are due in it: `due-6000`. */
export const tableOf = (due: number): string => `due-${due}`

/**
 * Answers the calls of a sweep as DynamoDB would, from memory and at once, and forgets every write: a
 * store that is never the limit, and that any number of sweeps find as the first one did.
 */
export function fastStore(items: readonly StoredItem[]): RequestListener {
  const byKey = new Map(items.map((item) => [item.pk, item.json]))
  const answerTo = (operation: string, input: Input): string => {
    switch (operation) {
      case 'Query':
        return query(items, input)
      case 'GetItem':
        return `{"Item":${byKey.get((input.Key as { pk: AttributeValue }).pk.S ?? '')}}`
      case 'BatchGetItem':
        return batchGet(byKey, input)
      default:
        return '{}'
    }
  }
  return async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    const body = answerTo(operation, JSON.parse(Buffer.concat(parts).toString()))
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
  }
}

/** The items that are there, of each table. */
function batchGet(byKey: ReadonlyMap<string, string>, input: Input): string {
  const requested = Object.entries(
    input.RequestItems as Readonly<Record<string, { Keys: { pk: AttributeValue }[] }>>,
  )
  const responses = requested.map(([table, { Keys }]) => {
    const found = Keys.flatMap(({ pk }) => byKey.get(pk.S ?? '') ?? [])
    return `"${table}":[${found.join(',')}]`
  })
  return `{"Responses":{${responses.join(',')}},"UnprocessedKeys":{}}`
}

/** One page of the due index: the items over and over, until there are as many as the table has. */
function query(items: readonly StoredItem[], input: Input): string {
  const due = Number(String(input.TableName).replace('due-', ''))
  const startKey = input.ExclusiveStartKey as
    | { readonly nextRefreshAt?: AttributeValue }
    | undefined
  const start = Number(startKey?.nextRefreshAt?.N ?? 0)
  const end = Math.min(start + Number(input.Limit), due)
  const page = Array.from({ length: end - start }, (_, index) => {
    const { pk } = items[(start + index) % items.length] ?? { pk: '' }
    return { pk: { S: pk }, due: { N: '0' }, nextRefreshAt: { N: '1' } }
  })
  const LastEvaluatedKey = { pk: { S: '' }, due: { N: '0' }, nextRefreshAt: { N: String(end) } }
  return JSON.stringify({ Items: page, ...(end < due && { LastEvaluatedKey }) })
}
