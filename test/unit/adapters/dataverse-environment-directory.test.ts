import { describe, expect, test } from 'vitest'
import { dataverseEnvironmentDirectory } from '../../../functions/adapters/dataverse-environment-directory.ts'
import { CLOUDS, type CloudName, cloudNamed } from '../../../functions/domain/clouds.ts'
import { OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { type Answer, type Answerer, send, tinyServer } from '../support/tiny-server.ts'

const { signal } = new AbortController()
const ACCESS_TOKEN = 'canary-access-token'

/** A row as Global Discovery lists it. */
const SALES = {
  FriendlyName: 'Contoso Sales',
  Url: RESOURCE,
  Region: 'EUR',
  OrganizationType: 0,
  State: 0,
}
const SANDBOX = { ...SALES, FriendlyName: 'A sandbox', Url: OTHER_RESOURCE, OrganizationType: 5 }

type Row = Readonly<Record<string, unknown>>

async function directory(answer: Answer | Answerer) {
  const answerer: Answerer =
    typeof answer === 'function' ? answer : (_, response) => send(response, answer)
  const server = await tinyServer(answerer)
  const { list } = dataverseEnvironmentDirectory({ dataverseBaseUrl: server.url })
  return {
    server,
    list: (cloud: CloudName = 'commercial', abort = signal) =>
      list(cloudNamed(cloud), ACCESS_TOKEN, abort),
  }
}

async function outcomeOf(answer: Answer | Answerer, abort = signal) {
  const { list } = await directory(answer)
  return list('commercial', abort)
}

/** What becomes of rows. */
async function listed(value: readonly unknown[], cloud: CloudName = 'commercial') {
  const { list } = await directory({ body: { '@odata.context': 'x', value } })
  const outcome = await list(cloud)
  if (outcome.outcome !== 'listed') throw new Error(`it was ${outcome.outcome}`)
  return outcome.environments
}

const only = async (row: Row) => (await listed([{ ...SALES, ...row }]))[0]

describe('the environments of a person', () => {
  test('are listed by name', async () => {
    expect(await listed([SALES, SANDBOX])).toEqual([
      { resource: OTHER_RESOURCE, name: 'A sandbox', region: 'EUR', purpose: 'sandbox' },
      { resource: RESOURCE, name: 'Contoso Sales', region: 'EUR', purpose: 'production' },
    ])
  })

  test('are none when there are none', async () => {
    expect(await listed([])).toEqual([])
  })

  test('are a hundred where there are a hundred', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      ...SALES,
      FriendlyName: `Environment ${String(index).padStart(3, '0')}`,
      Url: `https://org${index}.crm4.dynamics.com/`,
    }))
    const environments = await listed(rows.toReversed())
    expect(environments).toHaveLength(100)
    expect(environments.map(({ name }) => name)).toEqual(rows.map((row) => row.FriendlyName))
  })

  test('are not endless', async () => {
    const rows = Array.from({ length: 1500 }, (_, index) => ({
      Url: `https://org${index}.crm4.dynamics.com`,
      FriendlyName: 'Sales',
    }))
    expect(await listed(rows)).toHaveLength(500)
  })

  test.each([1, 2, -1, '0', '1', 'Disabled', true])(
    'are without one whose state is %j',
    async (State) => {
      expect(await listed([{ ...SALES, State }, SANDBOX])).toMatchObject([
        { resource: OTHER_RESOURCE },
      ])
    },
  )

  test.each([undefined, null])('are with one whose state is %j', async (State) => {
    expect(await listed([{ ...SALES, State }])).toMatchObject([{ resource: RESOURCE }])
  })

  test.each([
    'https://evil.example',
    'https://contoso.crm4.dynamics.com.evil.example',
    'https://contoso.crm4.dynamics.com@evil.example',
    'http://contoso.crm4.dynamics.com',
    'https://contoso.crm4.dynamics.com:8443',
    'https://contoso.crm4.dynamics.com/main.aspx',
    'https://contoso.crm.dynamics.cn',
    'https://globaldisco.crm.dynamics.com',
    'javascript:alert(1)',
    'contoso.crm4.dynamics.com',
    '',
    undefined,
    null,
    7,
    { href: RESOURCE },
  ])('are without one at %j', async (Url) => {
    expect(await listed([{ ...SALES, Url }, SANDBOX])).toMatchObject([{ resource: OTHER_RESOURCE }])
  })

  test.each(['https://Contoso.CRM4.dynamics.com/', `${RESOURCE}/`])(
    'are at addresses as they are stored: %s',
    async (Url) => {
      expect(await only({ Url })).toMatchObject({ resource: RESOURCE })
    },
  )

  test('of another cloud are at addresses of that cloud', async () => {
    const china = { ...SALES, Url: 'https://contoso.crm.dynamics.cn' }
    expect(await listed([SALES, china], 'china')).toMatchObject([{ resource: china.Url }])
  })

  test.each([null, 'canary', 7, [], [SALES], true])('are without a row that is %j', async (row) => {
    expect(await listed([row, SALES])).toMatchObject([{ resource: RESOURCE }])
  })
})

describe('what is known of an environment', () => {
  test.each([
    [0, 'production'],
    [5, 'sandbox'],
    [6, 'sandbox'],
    [11, 'trial'],
    [12, 'default'],
    [13, 'developer'],
    [14, 'trial'],
    [15, 'teams'],
    [4, 'other'],
    [999, 'other'],
    ['0', 'other'],
    [null, 'other'],
    [undefined, 'other'],
  ])('is its purpose: %j is %s', async (OrganizationType, purpose) => {
    expect(await only({ OrganizationType })).toMatchObject({ purpose })
  })

  test('is its name, or its address where it has none', async () => {
    expect(await only({ FriendlyName: ' <b>Продажи</b> ' })).toMatchObject({
      name: ' <b>Продажи</b> ',
    })
    for (const FriendlyName of ['', null, undefined, 7, ['canary']]) {
      expect(await only({ FriendlyName })).toMatchObject({ name: RESOURCE })
    }
  })

  test('is a region where there is one', async () => {
    for (const Region of ['', null, undefined, 7]) {
      expect(await only({ Region })).toMatchObject({ region: undefined })
    }
  })

  test('is not endless', async () => {
    const endless = await only({ FriendlyName: 'n'.repeat(5000), Region: 'r'.repeat(5000) })
    expect(endless).toMatchObject({ name: 'n'.repeat(200), region: 'r'.repeat(20) })
  })
})

describe('Global Discovery', () => {
  test.each(CLOUDS.map(({ name, discoveryHost }) => [name, discoveryHost] as const))(
    'of %s is asked at its own host, once, with the token in a header and nowhere else',
    async (cloud, host) => {
      const { list, server } = await directory({ body: { value: [] } })
      await list(cloud)
      expect(server.received).toMatchObject([
        {
          method: 'GET',
          path: expect.stringMatching(
            `^/${host}/api/discovery/v2\\.0/Instances\\?\\$select=[A-Za-z,]+$`,
          ),
          headers: { accept: 'application/json', authorization: `Bearer ${ACCESS_TOKEN}` },
          body: '',
        },
      ])
      expect(server.received[0]?.path).not.toContain(ACCESS_TOKEN)
    },
  )

  test('is asked for what is read of its rows', async () => {
    const { list, server } = await directory({ body: { value: [] } })
    await list()
    const { searchParams } = new URL(server.received[0]?.path ?? '', server.url)
    expect(searchParams.get('$select')?.split(',').sort()).toEqual(Object.keys(SALES).sort())
  })

  test.each([301, 302, 307, 308])(
    'that answers %i is not followed with the token',
    async (status) => {
      const elsewhere = await tinyServer((_, response) =>
        send(response, { body: { value: [SALES] } }),
      )
      const headers = { location: elsewhere.url }
      const { list, server } = await directory({ status, headers })
      expect(await list()).toEqual({ outcome: 'unavailable' })
      expect([server.received.length, elsewhere.received.length]).toEqual([1, 0])
    },
  )

  test.each([401, 403])('that answers %i rejects the token, whatever it says', async (status) => {
    for (const body of ['', '<html>', { value: [SALES] }]) {
      expect(await outcomeOf({ status, body })).toEqual({ outcome: 'rejected' })
    }
  })

  test.each<[what: string, answer: Answer]>([
    ['429', { status: 429, headers: { 'retry-after': '30' } }],
    ['404', { status: 404, body: { value: [SALES] } }],
    ['500', { status: 500, body: { value: [SALES] } }],
    ['503', { status: 503, body: '<html>' }],
    ['204', { status: 204 }],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }],
    ['nothing', {}],
    ['null', { body: 'null' }],
    ['a list alone', { body: [SALES] }],
    ['an object without a list', { body: { value: SALES } }],
    ['JSON that breaks off', { body: '{"value":[' }],
    ['more than anybody reads', { body: { value: [SALES], padding: 'x'.repeat(300 * 1024) } }],
  ])('is not to be had when the answer is %s', async (_, answer) => {
    expect(await outcomeOf(answer)).toEqual({ outcome: 'unavailable' })
  })

  test('is not to be had when the answer breaks off', async () => {
    const outcome = await outcomeOf((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"value":[', () => response.destroy())
    })
    expect(outcome).toEqual({ outcome: 'unavailable' })
  })

  test('is not to be had when it resets the connection', async () => {
    const outcome = await outcomeOf((_, response) => response.socket?.resetAndDestroy())
    expect(outcome).toEqual({ outcome: 'unavailable' })
  })

  test('is not to be had when it hangs for longer than the caller can wait', async () => {
    const caller = new AbortController()
    expect(await outcomeOf(() => caller.abort(), caller.signal)).toEqual({ outcome: 'unavailable' })
  })
})
