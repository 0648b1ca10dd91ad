import { freePort } from '../../support/processes.ts'
import { Browser } from './browser.ts'
import { startDataverse } from './dataverse.ts'
import { type IdentityServer, type StartIdentityServer, TENANT_ID } from './identity-server.ts'
import { Partner } from './partner.ts'
import { redirectUriAt, type Service, startService } from './service.ts'

/** Everyone who takes part in a sign-in, but for the partner and the user. */
export interface Stage {
  readonly server: IdentityServer
  readonly service: Service
  readonly dataverseUrl: string
  close(): Promise<void>
}

export interface Connection {
  readonly partner: Partner
  readonly id: string
}

export async function setUpStage(start: StartIdentityServer): Promise<Stage> {
  const port = await freePort()
  const server = await start(redirectUriAt(port))
  const { recognises } = server
  const dataverse = await startDataverse({ tenantId: TENANT_ID, recognises })
  const dataverseUrl = server.dataverseUrl ?? dataverse.url
  const { url: entraUrl, clientCertificateFile } = server
  const service = await startService({ port, entraUrl, dataverseUrl, clientCertificateFile })
  return {
    server,
    service,
    dataverseUrl,
    close: async () => {
      await service.close()
      await dataverse.close()
      await server.close()
    },
  }
}

/** One connection in an account of its own, signed in. */
export async function connect(stage: Stage): Promise<Connection> {
  const { partner, id, browser, authorizationUrl } = await beginSignIn(stage)
  const returned = await finishSignIn(stage, browser, authorizationUrl)
  const status = returned.searchParams.get('status')
  if (status !== 'connected') throw new Error(`expected to be connected, came back as ${returned}`)
  return { partner, id }
}

/** Up to where the service has sent the user's browser to sign in. */
export async function beginSignIn(stage: Stage, existing?: Connection) {
  const connection = existing ?? (await install(stage))
  const browser = new Browser()
  const { location, status, text } = await connection.partner.openSignIn(browser, connection.id)
  if (location === '') throw new Error(`expected a redirect to sign in, got ${status}:\n${text}`)
  return { ...connection, browser, authorizationUrl: new URL(location) }
}

/** From there on, until the service sends the browser back to the partner. */
export async function finishSignIn(
  stage: Stage,
  browser: Browser,
  authorizationUrl: URL,
): Promise<URL> {
  const callback = await stage.server.signIn(browser, authorizationUrl.href)
  const { location, status, text } = await browser.get(callback)
  if (location === '')
    throw new Error(`expected a way back, got ${status} at ${callback}:\n${text}`)
  return new URL(location)
}

let accounts = 0
async function install({ service }: Stage): Promise<Connection> {
  accounts += 1
  const partner = await Partner.authenticate(service, `account${accounts}`)
  return { partner, id: await partner.install() }
}
