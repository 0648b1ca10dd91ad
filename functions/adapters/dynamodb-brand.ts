import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { type Brand, type Brands, DEFAULT_BRAND, parseBrand } from '../domain/brand.ts'
import type { Clock } from '../domain/clock.ts'
import { SETTINGS_KEY } from './dynamodb-connection-item.ts'
import { readOptionalText } from './dynamodb-item.ts'
import { BRAND_ATTRIBUTES } from './table-schema.ts'

/** How long a brand is shown before it is read again. */
const FRESH_MS = 60 * 1000

/** How soon to ask a store again that did not answer. */
const RETRY_MS = 5 * 1000

/** A page that has been waiting for its looks this long appears without; errors have a second in all. */
const LONGEST_WAIT_MS = 500

export interface BrandOptions {
  readonly table: string
  readonly now: Clock
  readonly longestWaitMs?: number
}

export function dynamodbBrands(client: DynamoDBClient, options: BrandOptions): Brands {
  let kept: { readonly brand: Brand; readonly until: number } | undefined
  let reading: Promise<Brand> | undefined

  const readAgain = async (): Promise<Brand> => {
    const read = await readBrand(client, options)
    const keptFor = read === undefined ? RETRY_MS : FRESH_MS
    const brand = read ?? kept?.brand ?? DEFAULT_BRAND
    kept = { brand, until: options.now().getTime() + keptFor }
    reading = undefined
    return brand
  }

  return {
    read: async () => {
      if (kept && options.now().getTime() < kept.until) return kept.brand
      reading ??= readAgain()
      return reading
    },
  }
}

/** @returns `undefined` when the store does not answer in time, or not with a brand. */
async function readBrand(
  client: DynamoDBClient,
  { table, longestWaitMs = LONGEST_WAIT_MS }: BrandOptions,
): Promise<Brand | undefined> {
  const { name, logo, colour } = BRAND_ATTRIBUTES
  const command = new GetItemCommand({
    TableName: table,
    Key: SETTINGS_KEY,
    ProjectionExpression: Object.values(BRAND_ATTRIBUTES).join(', '),
  })
  try {
    const abortSignal = AbortSignal.timeout(longestWaitMs)
    const { Item: item = {} } = await client.send(command, { abortSignal })
    return parseBrand({
      name: readOptionalText(item, name),
      logo: readOptionalText(item, logo),
      colour: readOptionalText(item, colour),
    })
  } catch {
    return undefined
  }
}
