import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CALLBACK_PATH, CONSOLE_RETURN_PATH } from '../../../functions/http/routes.ts'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import type { Settings } from '../../../infra/local/microsoft/context.ts'
import type { Fault } from '../../../infra/local/microsoft/faults.ts'
import { startMicrosoftStandIn } from '../../../infra/local/microsoft/server.ts'
import { startLocalService } from '../../e2e/support/local-service.ts'
import {
  type ApiAnswer,
  createPartner,
  type SignInLink,
  type SignInLinkOptions,
} from '../../e2e/support/partner.ts'
import { type PartnerSite, startPartnerSite } from './partner-site.ts'

/** Everything that a browser can reach: the service as `npm start` runs it, Microsoft, the vendor's page. */
export interface Stage {
  readonly serviceUrl: string
  readonly microsoftUrl: string
  readonly partnerSite: PartnerSite
  /** Where a sign-in may return to. */
  readonly allowedOrigins: readonly string[]
  /** A link of account `acme` to an environment of Contoso that returns to the vendor's page. */
  aSignInLink(options?: Partial<SignInLinkOptions>): Promise<SignInLink>
  /** The connection as the API tells it. */
  connectionOf(connectionId: string, account?: string): Promise<unknown>
  /** Confirms a sign-in as the vendor's backend does. */
  complete(connectionId: string, completionId: string): Promise<ApiAnswer>
  /** How many codes Microsoft was asked to redeem so far. */
  redemptions(): number
  /** Changes what Microsoft is set to, such as a client secret of the app that has expired. */
  microsoftSettings(settings: Partial<Settings>): Promise<void>
  /** Switches a fault of Microsoft's on; all are off again after each test. */
  fault(fault: Fault): Promise<void>
  /** From now on the service's clock is ahead of the browser's, until the end of the test. */
  clockAhead(milliseconds: number): Promise<void>
  /** The same, and Microsoft's clock with it. */
  later(milliseconds: number): Promise<void>
  /** Microsoft works as it should again. */
  mend(): Promise<void>
  /** What a test may have changed is as it was. */
  reset(): Promise<void>
  close(): Promise<void>
}

const ACCOUNT = 'acme'
const RESOURCE = 'https://example.crm.dynamics.com'
const CLOCK = join(import.meta.dirname, '../../support/lambda/clock.cjs')

/** What a stage begins with. */
export interface StageOptions {
  /** Without app and brand where not, as a deployment begins. */
  readonly isSetUp?: boolean
  /** Seconds between two sweeps; none unless it says. */
  readonly sweepIntervalSeconds?: number
  /** Another origin of the vendor's that a sign-in may return to. */
  readonly vendorOrigin?: string
}

/** Starts all of it on free ports. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { isSetUp = true, sweepIntervalSeconds = 0, vendorOrigin } = options
  const folder = await mkdtemp(join(tmpdir(), 'dynamics-connect-browser-'))
  const clockAhead = (milliseconds: number) => writeFile(join(folder, 'clock'), `${milliseconds}`)
  await clockAhead(0)
  let microsoftAheadMs = 0
  const later = async (milliseconds: number) => {
    microsoftAheadMs = milliseconds
    await clockAhead(milliseconds)
  }
  // The address of the callback is known only once the service runs.
  const redirectUris: string[] = []
  const microsoft = await startMicrosoftStandIn({
    port: 0,
    ...STAND_IN_APP,
    redirectUris,
    now: () => new Date(Date.now() + microsoftAheadMs),
  })
  const mend = async () => {
    await fetch(`${microsoft.url}/admin/faults`, { method: 'DELETE' })
  }
  const partnerSite = await startPartnerSite()
  const { origin, otherSite } = partnerSite
  const allowedOrigins = [origin, otherSite, ...(vendorOrigin === undefined ? [] : [vendorOrigin])]
  const service = await startLocalService({
    env: {
      ENTRA_BASE_URL: microsoft.url,
      DATAVERSE_BASE_URL: `${microsoft.url}/dataverse`,
      ALLOWED_ORIGINS: allowedOrigins.join(),
      NODE_OPTIONS: `--require=${CLOCK}`,
      CLOCK_AHEAD_FILE: join(folder, 'clock'),
      SWEEP_INTERVAL: String(sweepIntervalSeconds),
      SET_UP: isSetUp ? 'yes' : 'no',
    },
  })
  redirectUris.push(`${service.url}${CALLBACK_PATH}`, `${service.url}${CONSOLE_RETURN_PATH}`)
  const partner = createPartner(service.url)
  const targetOrigin = `${origin}/`
  const put = async (path: string, change: object) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'PUT', headers, body: JSON.stringify(change) }
    const { ok } = await fetch(`${microsoft.url}/admin/${path}`, init)
    if (!ok) throw new Error(`the stand-in for Microsoft does not take these ${path}`)
  }
  return {
    serviceUrl: service.url,
    microsoftUrl: microsoft.url,
    partnerSite,
    allowedOrigins,
    aSignInLink: (options) =>
      partner.signInLink({ account: ACCOUNT, resource: RESOURCE, targetOrigin, ...options }),
    connectionOf: async (connectionId, account = ACCOUNT) => {
      const path = `/v1.0/account/connectors/${connectionId}`
      return (await partner.call('GET', path, { account })).json
    },
    complete: (connectionId, CompletionId) =>
      partner.call('POST', `/v1.0/account/connectors/${connectionId}/complete`, {
        account: ACCOUNT,
        json: { CompletionId },
      }),
    redemptions: () =>
      microsoft.requests.filter(({ grantType }) => grantType === 'authorization_code').length,
    microsoftSettings: (settings) => put('settings', settings),
    fault: (fault) => put('faults', fault),
    clockAhead,
    later,
    mend,
    reset: async () => {
      await later(0)
      await mend()
    },
    close: async () => {
      await service.stop()
      await Promise.all([microsoft.close(), partnerSite.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
