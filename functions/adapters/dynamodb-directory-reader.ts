import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { beginningOf, type Found, type Position, type SortValue } from './directory-cursor.ts'
import { answered } from './dynamodb-call.ts'
import { connectionKey } from './dynamodb-connection-item.ts'
import type { DirectoryList } from './dynamodb-directory-lists.ts'
import { type Item, number, readNumber, readText, text } from './dynamodb-item.ts'
import { CONNECTION_KEY_PREFIX } from './table-schema.ts'

/**
 * How many rows are read for one page before it ends with what it has: where a search's lists overlap, any
 * number of rows may have been listed before. With one more round of reading, of 14 partitions and 101 rows
 * each, they are some 500 KB.
 */
const ROWS_PER_PAGE = 2000

/** Behind every text that begins with what it is put behind: the last of all characters. */
const LAST_CHARACTER = '\u{10ffff}'

/** Where to read, and how many rows of each partition at a time. */
export interface DirectorySource {
  readonly client: DynamoDBClient
  readonly table: string
  readonly partitions: readonly string[]
  readonly limit: number
}

/** One entry of an index. */
interface Row {
  readonly id: number
  readonly partition: string
  readonly sort: SortValue
  readonly item: Item
}

/** What was read of one partition, and whether it has more. */
interface Part {
  readonly rows: readonly Row[]
  readonly isMore: boolean
}

/** The ids in the lists, one list after the other, each list in its order; read as they are taken. */
export async function* idsIn(
  source: DirectorySource,
  lists: readonly DirectoryList[],
  from: Position,
): AsyncGenerator<Found<number>> {
  let position = from
  let rowsRead = 0
  for (let list = lists[position.list]; list !== undefined; list = lists[position.list]) {
    if (rowsRead >= ROWS_PER_PAGE) {
      yield { one: undefined, after: position }
      return
    }
    const parts = await readParts(source, list, position)
    for (const row of merged(parts, list)) {
      const isNew = !isPassed(position, row) && !list.isElsewhere(row.item)
      position = behind(position, row)
      if (isNew) yield { one: row.id, after: position }
    }
    rowsRead += parts.reduce((sum, { rows }) => sum + rows.length, 0)
    const isAtItsEnd = !parts.some(({ isMore }) => isMore)
    if (isAtItsEnd) position = beginningOf(position.list + 1)
  }
}

/** It was the last one, and has moved to another partition since. */
function isPassed({ at, passed }: Position, { id, sort }: Row): boolean {
  return at === sort && Object.values(passed).includes(id)
}

/** Rows that share a sort key have no order over partitions, so each partition's last one is kept. */
function behind(position: Position, { id, partition, sort }: Row): Position {
  const before = position.at === sort ? position.passed : {}
  return { list: position.list, at: sort, passed: { ...before, [partition]: id } }
}

/** The rows of all parts in order, up to where one that has more is used up. */
function* merged(parts: readonly Part[], list: DirectoryList): Generator<Row> {
  const rest = parts.map(({ rows, isMore }) => ({ rows: [...rows], isMore }))
  while (!rest.some(({ rows, isMore }) => isMore && rows.length === 0)) {
    const next = rest.reduce((best, part) => (isBefore(part, best, list) ? part : best))
    const row = next.rows.shift()
    if (row === undefined) return
    yield row
  }
}

function isBefore(
  { rows: [one] }: Pick<Part, 'rows'>,
  { rows: [other] }: Pick<Part, 'rows'>,
  { ascending }: DirectoryList,
): boolean {
  if (one === undefined) return false
  if (other === undefined) return true
  const order = compare(one.sort, other.sort)
  return ascending ? order < 0 : order > 0
}

/** As DynamoDB compares: numbers, or the bytes of texts. */
function compare(one: SortValue, other: SortValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))
}

function readParts(
  source: DirectorySource,
  list: DirectoryList,
  position: Position,
): Promise<readonly Part[]> {
  return Promise.all(
    source.partitions.map(async (partition) => {
      const command = new QueryCommand({
        TableName: source.table,
        Limit: source.limit,
        ...queryOf(list, partition, position),
      })
      const { Items = [], LastEvaluatedKey } = await answered(source.client.send(command))
      const rows = Items.map((item) => rowOf(item, partition, list))
      return { rows, isMore: LastEvaluatedKey !== undefined }
    }),
  )
}

function rowOf(item: Item, partition: string, { sortKey }: DirectoryList): Row {
  const sort = sortKey === 'createdAt' ? readNumber(item, sortKey) : readText(item, sortKey)
  const id = Number(readText(item, 'pk').slice(CONNECTION_KEY_PREFIX.length))
  return { id, partition, sort, item }
}

/**
 * Reads on from the position, also behind a row that has left the partition since. What was passed in
 * another partition bounds this one too: what has moved behind the reader is not listed once more.
 */
function queryOf(
  { index, sortKey, ascending, prefix }: DirectoryList,
  partition: string,
  { at, passed }: Position,
): Omit<QueryCommandInput, 'TableName'> {
  const group = text(partition)
  const last = passed[partition]
  const range = rangeOf(prefix, at, ascending)
  return {
    IndexName: index,
    ScanIndexForward: ascending,
    KeyConditionExpression: ['#group = :group', ...range.conditions].join(' AND '),
    ExpressionAttributeNames: {
      '#group': 'group',
      ...(range.conditions.length > 0 && { '#sort': sortKey }),
    },
    ExpressionAttributeValues: { ':group': group, ...range.values },
    ...(at !== undefined &&
      last !== undefined && {
        ExclusiveStartKey: { ...connectionKey(last), group, [sortKey]: stored(at) },
      }),
  }
}

function rangeOf(
  prefix: string | undefined,
  at: SortValue | undefined,
  ascending: boolean,
): { readonly conditions: readonly string[]; readonly values: Item } {
  const from = at ?? prefix
  if (from === undefined) return { conditions: [], values: {} }
  const values = { ':from': stored(from) }
  if (prefix === undefined) {
    return { conditions: [ascending ? '#sort >= :from' : '#sort <= :from'], values }
  }
  const to = text(`${prefix}${LAST_CHARACTER}`)
  return { conditions: ['#sort BETWEEN :from AND :to'], values: { ...values, ':to': to } }
}

function stored(value: SortValue) {
  return typeof value === 'number' ? number(value) : text(value)
}
