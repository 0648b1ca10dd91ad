import { parseArgs } from 'node:util'
import { createBrowser, signIn } from '../e2e/support/browser.ts'
import { type RunningService, startLocalService } from '../e2e/support/local-service.ts'
import { createPartner } from '../e2e/support/partner.ts'
import { installPackages } from './install.ts'
import { fire, type Load } from './load/fire.ts'
import { startMinistack } from './load/ministack.ts'
import { residentKilobytes } from './load/resident-memory.ts'
import { progressOf, say } from './support/progress.ts'
import { median, type Row, tableOf } from './support/table.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '10' },
  },
})

/** Requests in flight, to far beyond what one process answers at a time. */
const CONCURRENCIES = [1, 2, 4, 8, 16, 32, 64]

/** So many keep it busy all the time. */
const SATURATING = 16

/** Between two looks at the memory. */
const SAMPLE_SECONDS = 10

const ACCOUNT = 'load'
const USERNAME = 'mark.olsen@contoso.example'

/**
 * Asks for a token as fast as the whole service on this machine answers, with the stores of `npm start`
 * and with those of MiniStack; then for minutes on end, looking at its memory.
 */
async function main(): Promise<void> {
  installPackages()
  say('with the stores of npm start')
  const own = await startLocalService()
  try {
    say(`\n${tableOf(await saturate(own))}\n`)
    say(await memoryUnder(own, SATURATING))
  } finally {
    await own.stop()
  }
  say('\nwith DynamoDB and Secrets Manager of MiniStack')
  const ministack = await startMinistack()
  try {
    const service = await startLocalService({ env: ministack.variables })
    try {
      say(`\n${tableOf(await saturate(service))}`)
    } finally {
      await service.stop()
    }
  } finally {
    await ministack.stop()
  }
}

/** One connection, signed in, and the request for its token. */
async function tokenRequest({ url }: RunningService): Promise<Omit<Load, 'inFlight' | 'seconds'>> {
  const partner = createPartner(url)
  const resource = 'https://example.crm.dynamics.com'
  const { connectionId, link } = await partner.signInLink({ account: ACCOUNT, resource })
  const browser = createBrowser()
  await browser.follow(await signIn(browser, link, USERNAME))
  return {
    url: `${url}/v1.0/account/connectors/${connectionId}/token`,
    headers: { authorization: `Bearer ${await bearerOf(url)}`, 'x-cyclr-account': ACCOUNT },
  }
}

async function bearerOf(url: string): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'local',
    client_secret: 'local-secret',
  }
  const request = { method: 'POST', body: new URLSearchParams(form) }
  const answer: unknown = await (await fetch(`${url}/oauth/token`, request)).json()
  return String((answer as { readonly access_token?: unknown }).access_token)
}

/** What each concurrency gives. */
async function saturate(service: RunningService): Promise<readonly Row[]> {
  const request = await tokenRequest(service)
  const seconds = Number(values.seconds)
  // The first requests load what the others find loaded.
  await fire({ ...request, inFlight: 8, seconds: 2 })
  const rows: Row[] = []
  for (const inFlight of CONCURRENCIES) {
    const { perSecond, p50, p99, errors } = await fire({ ...request, inFlight, seconds })
    const figure = `${perSecond.toFixed(0)} a second, p50 ${p50} ms, p99 ${p99} ms, ${errors} errors`
    rows.push({ what: `${inFlight} in flight`, figure, target: 'no error' })
    say(`${inFlight} in flight: ${figure}`)
  }
  return rows
}

/** The resident memory of the whole process at the load that saturates it, from minute to minute. */
async function memoryUnder(service: RunningService, inFlight: number): Promise<string> {
  const request = await tokenRequest(service)
  const samples = Math.round((Number(values.minutes) * 60) / SAMPLE_SECONDS)
  const progress = progressOf('looks at the memory', samples)
  const kilobytes: number[] = []
  let errors = 0
  for (let taken = 0; taken < samples; taken += 1) {
    errors += (await fire({ ...request, inFlight, seconds: SAMPLE_SECONDS })).errors
    kilobytes.push(residentKilobytes(service.pid))
    progress(taken + 1)
  }
  const third = Math.floor(samples / 3)
  const [early, late] = [kilobytes.slice(third, 2 * third), kilobytes.slice(-third)]
  const ratio = median(late) / median(early)
  const megabytes = (all: readonly number[]) => `${(median(all) / 1024).toFixed(0)} MB`
  return `memory at ${inFlight} in flight for ${values.minutes} minutes: ${megabytes(early)} in the second third, ${megabytes(late)} in the last (${ratio.toFixed(2)} times), ${errors} errors`
}

await main()
