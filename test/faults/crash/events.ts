import { issueBearerToken } from '../../../functions/http/bearer-token.ts'
import { LOCAL_API_CLIENT } from '../../../infra/local/seed.ts'
import { newLink, prepare, signIn } from './callback-cell.ts'
import { ACCOUNT, createConnected } from './sign-in.ts'
import { type Lane, PARTNER_ORIGIN, type World } from './world.ts'

/** The functions that somebody waits for. */
export const AWAITED = ['token', 'authorize', 'callback'] as const
export type Awaited = (typeof AWAITED)[number]

const HOUR_MS = 60 * 60 * 1000

/** A request for each of them. */
export interface Events extends Readonly<Record<Awaited, unknown>> {
  /** Whose token is asked for. */
  readonly connectionId: number
}

/**
 * A request for each: for a token that is still good, of a person who opens a link, and of a browser that
 * Microsoft has just sent back.
 */
export async function eventsOf(world: World, lane: Lane): Promise<Events> {
  const microsoft = world.microsofts.lenient
  const { id } = await createConnected(world, lane, { microsoft, leftMs: HOUR_MS })
  const client = { clientId: LOCAL_API_CLIENT.clientId, accountId: undefined }
  const bearerToken = issueBearerToken(await world.readApiAccess(), client, new Date())
  const scene = await prepare(world, lane, 'lenient')
  const link = new URLSearchParams({
    id: String(scene.connection.id),
    token: await newLink(scene),
    targetOrigin: `${PARTNER_ORIGIN}/`,
  })
  const { event: callback } = await signIn(scene, await newLink(scene))
  return {
    connectionId: id,
    token: {
      ...eventOf('/v1.0/account/connectors/{id}/token'),
      pathParameters: { id: String(id) },
      headers: { authorization: `Bearer ${bearerToken}`, 'x-cyclr-account': ACCOUNT },
    },
    authorize: { ...eventOf('/connector/authorize'), rawQueryString: link.toString() },
    callback,
  }
}

function eventOf(path: string) {
  return {
    version: '2.0',
    routeKey: `GET ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {},
    requestContext: { requestId: 'r', http: { method: 'GET' } },
    isBase64Encoded: false,
  }
}
