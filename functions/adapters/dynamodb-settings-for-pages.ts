import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { DEFAULT_BRAND } from '../domain/brand.ts'
import type { Clock } from '../domain/clock.ts'
import type { SettingsForPages, ShownSettings } from '../domain/partner-settings.ts'
import { SETTINGS_KEY } from './dynamodb-connection-item.ts'
import { SHOWN_ATTRIBUTES, shownSettingsFrom } from './dynamodb-settings-item.ts'

/** How long settings are shown before they are read again. */
const FRESH_MS = 60 * 1000

/** How soon to ask a store again that did not answer. */
const RETRY_MS = 5 * 1000

/** A page that has been waiting for its looks this long appears without; errors have a second in all. */
const LONGEST_WAIT_MS = 500

const NONE: ShownSettings = { brand: DEFAULT_BRAND, allowedOrigins: [] }

export interface SettingsForPagesOptions {
  readonly table: string
  readonly now: Clock
  readonly longestWaitMs?: number
}

export function dynamodbSettingsForPages(
  client: DynamoDBClient,
  options: SettingsForPagesOptions,
): SettingsForPages {
  let kept: { readonly settings: ShownSettings; readonly until: number } | undefined
  let reading: Promise<ShownSettings> | undefined

  const readAgain = async (): Promise<ShownSettings> => {
    const read = await readShownSettings(client, options)
    const keptFor = read === undefined ? RETRY_MS : FRESH_MS
    const settings = read ?? kept?.settings ?? NONE
    kept = { settings, until: options.now().getTime() + keptFor }
    reading = undefined
    return settings
  }

  return {
    read: async () => {
      if (kept && options.now().getTime() < kept.until) return kept.settings
      reading ??= readAgain()
      return reading
    },
  }
}

/** @returns `undefined` when the store does not answer in time. */
async function readShownSettings(
  client: DynamoDBClient,
  { table, longestWaitMs = LONGEST_WAIT_MS }: SettingsForPagesOptions,
): Promise<ShownSettings | undefined> {
  const command = new GetItemCommand({
    TableName: table,
    Key: SETTINGS_KEY,
    ProjectionExpression: SHOWN_ATTRIBUTES.join(', '),
  })
  try {
    const abortSignal = AbortSignal.timeout(longestWaitMs)
    const { Item: item = {} } = await client.send(command, { abortSignal })
    return shownSettingsFrom(item)
  } catch {
    return undefined
  }
}
