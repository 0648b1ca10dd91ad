import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Dataverse {
  /** For DATAVERSE_BASE_URL: a call to `https://HOST/path` comes in at `{url}/HOST/path`. */
  readonly url: string
  close(): Promise<void>
}

interface DataverseOptions {
  readonly tenantId: string
  /** Whether the server that signs people in stands by this access token. */
  recognises(accessToken: string): Promise<boolean>
}

export const WHO_AM_I = {
  BusinessUnitId: '11111111-1111-4111-8111-111111111111',
  UserId: '22222222-2222-4222-8222-222222222222',
  OrganizationId: '33333333-3333-4333-8333-333333333333',
}
export const ACCOUNTS = [
  { accountid: '44444444-4444-4444-8444-444444444444', name: 'Fourth Coffee' },
  { accountid: '55555555-5555-4555-8555-555555555555', name: 'Litware' },
]

/** One Dataverse environment that believes the identity server and nobody else. */
export async function startDataverse(options: DataverseOptions): Promise<Dataverse> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://localhost:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  { tenantId, recognises }: DataverseOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, host = '', ...path] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/')
  const accessToken = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (accessToken === undefined || !(await recognises(accessToken))) {
    const authority = `https://login.microsoftonline.com/${tenantId}/oauth2/authorize`
    const challenge = `Bearer authorization_uri=${authority}, resource_id=https://${host}/`
    response.writeHead(401, { 'www-authenticate': challenge }).end()
    return
  }
  const body = BODIES[path.join('/')]
  const headers = {
    'content-type': 'application/json; odata.metadata=minimal',
    'odata-version': '4.0',
  }
  response.writeHead(body === undefined ? 404 : 200, headers).end(JSON.stringify(body ?? NOT_FOUND))
}

const BODIES: Readonly<Record<string, object>> = {
  'api/data/v9.2/WhoAmI': WHO_AM_I,
  'api/data/v9.2/WhoAmI()': WHO_AM_I,
  'api/data/v9.2/accounts': { value: ACCOUNTS },
}
const NOT_FOUND = { error: { code: '0x80060888', message: 'Resource not found for the segment.' } }
