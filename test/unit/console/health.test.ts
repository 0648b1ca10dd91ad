import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { dynamodbConnectionHistory } from '../../../functions/adapters/dynamodb-connection-history.ts'
import { dynamodbPartnerSettings } from '../../../functions/adapters/dynamodb-partner-settings.ts'
import { dynamodbAppBreaker } from '../../../functions/adapters/dynamodb-refresh-brakes.ts'
import { dynamodbServiceRecord } from '../../../functions/adapters/dynamodb-service-record.ts'
import { readHealth } from '../../../functions/console/health/health.ts'
import { ARTICLE_OF } from '../../../functions/console/health/runbook.ts'
import type { TakenCensus } from '../../../functions/domain/service-record.ts'
import { at, DAY, HOUR, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import type { Answered } from '../support/answered.ts'
import { attributes } from '../support/markup.ts'
import { PARTNER, readable, type SceneOptions, serviceScene } from './support/service-scene.ts'

const APP = {
  clientId: '11111111-2222-3333-4444-555555555555',
  kind: 'client_secret',
  endsAt: at(90 * DAY + HOUR),
  changedAt: undefined,
} as const

const CENSUS: TakenCensus = {
  at: at(-7 * MINUTE),
  counts: { connected: 12_345, reauthorization_required: 30, pending: 4, disconnected: 0 },
  waiting: [
    { code: 'AADSTS50173', who: 'user', situation: 'grant_revoked', connections: 30 },
    {
      code: 'AADSTS53003',
      who: 'administrator',
      situation: 'blocked_by_policy_location',
      connections: 5,
    },
    { code: '0x80072560', who: 'administrator', situation: 'no_dataverse_role', connections: 2 },
  ],
}

/** The page, of a service with that on record. */
async function healthPage(
  prepare: (scene: ReturnType<typeof serviceScene>) => Promise<unknown> = healthy,
  options: SceneOptions = { app: APP },
): Promise<Answered> {
  const scene = serviceScene(options)
  await prepare(scene)
  const browser = scene.browser()
  await browser.signIn(PARTNER)
  return browser.get('/console/health')
}

async function healthy({ record }: ReturnType<typeof serviceScene>): Promise<void> {
  await record.keepCensus(CENSUS)
  for (const shard of [0, 1]) {
    await record.addSweep({
      shard,
      at: at(-(30 + shard * 40) * SECOND),
      outcomes: { refreshed: 1200, transient: 3, error: 1, not_due: 2, in_progress: 1 },
      oldestDueMs: shard * 12 * SECOND,
    })
  }
}

/** The cells of the table with that caption, row by row. */
function tableOf({ text }: Answered, caption: string): readonly (readonly string[])[] {
  const table = text.split('<table>').find((one) => one.includes(`<caption>${caption}`)) ?? ''
  return [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
      cell.replaceAll(/<[^>]+>/g, ''),
    ),
  )
}

describe('the health of the service', () => {
  test('is told at once when all is well', async () => {
    const page = await healthPage()
    expect(page.status).toBe(200)
    expect(readable(page)).toContain('Health Refreshing works, and Microsoft accepts the app.')
    expect(page.text).not.toContain('class="notice bad"')
  })

  test('is counted by state, each connection once, with links to them', async () => {
    const page = await healthPage()
    const tiles = [...page.text.matchAll(/<a class="tile[^"]*" href="([^"]+)"><strong>([^<]+)/g)]
    expect(tiles.map(([, href, count]) => [href, count])).toEqual([
      ['/console/connections?state=connected', '12,338'],
      ['/console/connections?state=attention', '37'],
      ['/console/connections?state=pending', '4'],
      ['/console/connections?state=disconnected', '0'],
    ])
    expect(readable(page)).toContain('Counted at 11:53 AM UTC ( 7 minutes ago )')
  })

  test('says who must act, why, and for how many', async () => {
    const page = await healthPage()
    const words = readable(page)
    expect(words.indexOf('An administrator of the customer must act')).toBeLessThan(
      words.indexOf('The person who signed in must act'),
    )
    expect(words).not.toContain('You must act')
    expect(tableOf(page, 'What an administrator').slice(1)).toEqual([
      ['A rule of the organization blocks the access', 'AADSTS53003', '5'],
      ['The account is not a user of the environment', '0x80072560', '2'],
    ])
    const links = attributes(page.text, 'href')
    expect(links).toContain('/console/connections?state=attention&who=administrator')
    expect(links).toContain('/help/aadsts/53003')
    expect(links).not.toContain('/help/aadsts/0x80072560')
  })

  test('has the refreshes of a day as bars and as the same numbers', async () => {
    const page = await healthPage(async (scene) => {
      await healthy(scene)
      const outcomes = { refreshed: 7, reauthorization_required: 2, app_credential_rejected: 1 }
      await scene.record.addSweep({ shard: 0, at: at(-23 * HOUR), outcomes, oldestDueMs: 0 })
      await scene.record.addSweep({ shard: 0, at: at(-24 * HOUR), outcomes, oldestDueMs: 0 })
    })
    const rows = tableOf(page, 'Refreshes by the hour')
    expect(rows).toHaveLength(1 + 1 + 24)
    expect(rows[0]?.slice(0, 3)).toEqual(['Hour', 'Refreshed', 'To be tried again'])
    expect(rows[1]).toEqual(['24 hours', '2,407', '6', '0', '2', '1', '2', '6'])
    expect(rows.at(-1)).toEqual(['1:00 PM', '7', '0', '0', '2', '1', '0', '0'])
    expect(readable(page)).toContain('2,424 in 24 hours')
    expect(page.text.match(/<rect class="refreshed" x/g)).toHaveLength(2)
    expect(page.text).toContain('<title>1:00 PM: New sign-in needed 2</title>')
  })

  test('has the connections of a day as lines, and as the same numbers', async () => {
    const page = await healthPage(async (scene) => {
      await scene.record.keepCensus({
        ...CENSUS,
        at: at(-3 * HOUR),
        counts: { ...CENSUS.counts, connected: 12_000 },
      })
      await healthy(scene)
    })
    const rows = tableOf(page, 'Connections by status').slice(1)
    expect(rows).toHaveLength(24)
    expect(rows.find(([hour]) => hour === '9:00 AM')).toEqual(['9:00 AM', '12,000', '30', '4', '0'])
    expect(rows.find(([hour]) => hour === '10:00 AM')).toEqual(['10:00 AM', '–', '–', '–', '–'])
    expect(page.text).toContain('aria-label="Connected: 12,000 → 12,345"')
  })

  test('needs neither counts nor sweeps to be shown', async () => {
    const page = await healthPage(async () => undefined, {})
    expect(page.status).toBe(200)
    expect(readable(page)).toContain('have not been counted yet')
    expect(page.text).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('is for whoever sees all accounts', async () => {
    const browser = serviceScene().browser()
    expect((await browser.get('/console/health')).status).toBe(303)
  })
})

describe('the sweeps', () => {
  const swept = (...ages: readonly number[]) => {
    return async ({ record }: ReturnType<typeof serviceScene>) => {
      for (const [shard, age] of ages.entries()) {
        await record.addSweep({ shard, at: at(-age), outcomes: {}, oldestDueMs: 0 })
      }
    }
  }

  test.each([
    [[30 * SECOND, 70 * SECOND], 'Each part was swept less than 2 minutes ago'],
    [[0, 0], 'Each part was swept less than 1 minute ago'],
    [[0, 5 * MINUTE - 1], 'Each part was swept less than 5 minutes ago'],
  ])('work when each part was swept of late: %j', async (ages, words) => {
    const page = readable(await healthPage(swept(...ages)))
    expect(page).toContain(words)
    expect(page).not.toContain('The sweeps have stopped')
    expect(page).toContain('Nothing waits to be refreshed')
  })

  test.each([
    ['one part stands still', [0, 5 * MINUTE], 'A part was last swept 5 minutes ago'],
    ['one has for hours', [0, 3 * HOUR], 'A part was last swept 3 hours ago'],
    ['one part is missing', [0], 'At least one part was not swept for a day'],
    ['all are missing', [], 'At least one part was not swept for a day'],
  ])('have stopped when %s, and what to do is told', async (_, ages, words) => {
    const page = await healthPage(swept(...ages))
    expect(page.text).toMatch(/class="notice bad">\s*<h2>The sweeps have stopped/)
    expect(readable(page)).toContain(words)
    expect(readable(page)).toContain('aws events list-rules --name-prefix dynamics-connect-sweep-')
    expect(readable(page)).toContain('“The sweep does not run” in infra/RUNBOOK.md')
  })

  test('of parts that there are no longer are not looked for', async () => {
    const page = await healthPage(swept(0, 0, 3 * HOUR))
    expect(readable(page)).not.toContain('The sweeps have stopped')
  })

  test.each([
    [12 * SECOND, 'Due for 12 seconds at the last sweep', false],
    [5 * MINUTE, 'Due for 5 minutes at the last sweep', false],
    [5 * MINUTE + 1, 'Due for 5 minutes at the last sweep', true],
  ])('keep up or not, by what was due the longest: %i ms', async (oldestDueMs, words, isBad) => {
    const page = readable(
      await healthPage(async ({ record }) => {
        await record.addSweep({ shard: 0, at: at(0), outcomes: {}, oldestDueMs })
        await record.addSweep({ shard: 1, at: at(0), outcomes: {}, oldestDueMs: 0 })
      }),
    )
    expect(page).toContain(words)
    expect(page.includes('Refreshing does not keep up')).toBe(isBad)
  })
})

describe('the app credential', () => {
  test('is accepted, and ends on its day', async () => {
    const page = readable(await healthPage())
    expect(page).toContain('Microsoft accepts it')
    expect(page).toMatch(/May 30, 2096, 1:00 PM UTC : 90 days left/)
  })

  test('is rejected since then, with the code and what to do', async () => {
    const page = await healthPage(async (scene) => {
      await healthy(scene)
      await scene.brakes.openAppBreaker('AADSTS7000222', at(-3 * HOUR))
    })
    expect(readable(page)).toMatch(/Microsoft rejects it\s+3 hours ago\s*, AADSTS7000222/)
    expect(readable(page)).toContain('npm run setup -- --replace-app-credential')
    expect(attributes(page.text, 'href')).toContain('/help/aadsts/7000222')
    expect(page.text).not.toContain('Refreshing works')
  })

  test.each([
    [at(30 * DAY), undefined, '30 days left'],
    [at(30 * DAY - 1), 'The app credential ends soon', '29 days left'],
    [at(HOUR), 'The app credential ends soon', '0 days left'],
    [at(-HOUR), 'The app credential has ended, by its date', 'it has ended'],
  ])('that ends at %s is told of in time', async (endsAt, trouble, words) => {
    const page = readable(await healthPage(healthy, { app: { ...APP, endsAt } }))
    expect(page).toContain(words)
    if (trouble) expect(page).toContain(trouble)
    else expect(page).toContain('Refreshing works')
  })

  test('that AWS vouches for never ends', async () => {
    const app = { ...APP, kind: 'federated', endsAt: undefined } as const
    expect(readable(await healthPage(healthy, { app }))).toContain('never: it is not stored here')
  })

  test('has a history', async () => {
    const page = await healthPage(async (scene) => {
      await healthy(scene)
      scene.history.readApp = async () => [
        {
          id: '2',
          sequence: '2',
          at: at(-HOUR),
          change: 'app_credential_restored',
          code: undefined,
        },
        {
          id: '1',
          sequence: '1',
          at: at(-2 * HOUR),
          change: 'app_credential_rejected',
          code: '"><b>',
        },
      ]
    })
    expect(readable(page)).toMatch(
      /11:00 AM UTC Accepted again .*10:00 AM UTC Rejected by Microsoft/,
    )
    expect(page.text).toContain('<code>&quot;&gt;&lt;b&gt;</code>')
  })
})

test('a count that is old is told of', async () => {
  const page = await healthPage(async (scene) => {
    await healthy(scene)
    await scene.record.keepCensus({ ...CENSUS, at: at(-61 * MINUTE) })
  })
  expect(readable(page)).toContain('The connections were not counted for a while')
  expect(readable(page)).toContain('1 hour ago')
})

test('every trouble has an article in the runbook, by its heading', () => {
  const runbook = readFileSync('infra/RUNBOOK.md', 'utf8')
  for (const article of Object.values(ARTICLE_OF)) expect(runbook).toContain(`\n## ${article}\n`)
})

test('the page costs four small reads, and neither a scan nor a query', async () => {
  const client = new DynamoDBClient({ region: 'eu-central-1' })
  const sent: unknown[] = []
  client.middlewareStack.add(
    (_, context) => async () => {
      sent.push(context.commandName)
      return { output: { $metadata: {} }, response: {} }
    },
    { step: 'initialize', priority: 'high' },
  )
  const table = 'connections'
  await readHealth({
    record: dynamodbServiceRecord(client, { table }),
    history: dynamodbConnectionHistory(client, { table: 'sign-ins' }),
    readAppBreaker: dynamodbAppBreaker(client, { table }),
    partnerSettings: dynamodbPartnerSettings(client, { table }),
    shards: 4,
    now: () => at(0),
  })
  expect(sent.toSorted()).toEqual([
    'BatchGetItemCommand',
    'GetItemCommand',
    'GetItemCommand',
    'GetItemCommand',
  ])
})
