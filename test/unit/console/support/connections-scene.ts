import { consoleCookies } from '../../../../functions/console/console-cookies.ts'
import { consoleHandler } from '../../../../functions/console/handler.ts'
import type { Connection, User } from '../../../../functions/domain/connection.ts'
import type { ConnectionDirectory } from '../../../../functions/domain/connection-directory.ts'
import {
  type ConsoleUser,
  formTokenOf,
  newConsoleSession,
} from '../../../../functions/domain/console-session.ts'
import type { Reason } from '../../../../functions/domain/reason.ts'
import { rememberingConnections } from '../../../../functions/domain/revocations.ts'
import { at, DAY, HOUR, MINUTE } from '../../../fakes/hand-clock.ts'
import { memoryConnectionDirectory } from '../../../fakes/memory-connection-directory.ts'
import { memoryConnectionHistory } from '../../../fakes/memory-connection-history.ts'
import { memoryConsoleSessions } from '../../../fakes/memory-console-sessions.ts'
import { memoryRevocations } from '../../../fakes/memory-revocations.ts'
import { aNewConnection, aReason, aResource, aSignedIn, aUser } from '../../../support/builders.ts'
import { aWorld, PARTNER_ORIGIN, storedIn, type World } from '../../../support/world.ts'
import { type Answered, answered } from '../../support/answered.ts'
import { BOUND, PARTNER } from '../../support/api-clients.ts'
import { type EventParts, httpEvent, lambdaContext } from '../../support/http-event.ts'
import { unescaped } from '../../support/markup.ts'
import { recordingLog } from '../../support/recording-log.ts'
import { consoleFakes, PUBLIC_URL } from './console-fakes.ts'

/** Sees all accounts. */
export const OF_ALL: ConsoleUser = {
  kind: 'api_client',
  name: PARTNER.clientId,
  accountId: undefined,
}

/** Bound to the account `contoso`. */
export const OF_CONTOSO: ConsoleUser = {
  kind: 'api_client',
  name: BOUND.clientId,
  accountId: BOUND.accountId,
}

type Form = Readonly<Record<string, string>>

/** Somebody who is signed in to the console. */
export interface Visitor {
  get(path: string): Promise<Answered>
  /** Sends a form with the token of the session. */
  post(path: string, form?: Form): Promise<Answered>
  /** Sends one without. */
  postBare(path: string, form?: Form): Promise<Answered>
}

/** The console over fakes. */
export async function connectionsScene(origins: readonly string[] = [PARTNER_ORIGIN]) {
  const world = aWorld()
  const log = recordingLog()
  const history = memoryConnectionHistory()
  const revocations = memoryRevocations()
  const consoleSessions = memoryConsoleSessions()
  const cookies = consoleCookies(PUBLIC_URL)
  const finds: Parameters<ConnectionDirectory['find']>[0][] = []
  const directory = memoryConnectionDirectory(world)
  const { now } = world
  const handler = consoleHandler({
    ...consoleFakes(now),
    consoleSessions,
    directory: {
      ...directory,
      find: async (query) => {
        finds.push(query)
        return directory.find(query)
      },
    },
    history,
    connections: rememberingConnections(world.connections, { revocations, now }),
    signInTokens: world.signInTokens,
    refreshRequests: world.refreshRequests,
    returnOrigins: async () => origins,
    log,
  })
  const visitor = async (user: ConsoleUser): Promise<Visitor> => {
    const { secret, session } = newConsoleSession(user, now())
    await consoleSessions.create(session)
    const cookie = cookies.session.set(secret).split(';')[0] ?? ''
    const send = async (method: 'GET' | 'POST', path: string, form?: Form) => {
      const event = httpEvent({
        ...partsOf(method, path),
        cookies: [cookie],
        ...(form && { form }),
      })
      return answered(await handler(event, lambdaContext()))
    }
    return {
      get: (path) => send('GET', path),
      post: (path, form) => send('POST', path, { formToken: formTokenOf(secret), ...form }),
      postBare: (path, form = {}) => send('POST', path, form),
    }
  }
  return {
    ...connectionsOf(world),
    world,
    log,
    history,
    revocations,
    finds,
    visitor,
    partner: await visitor(OF_ALL),
    bound: await visitor(OF_CONTOSO),
  }
}

/** Connections of each state, of the account `contoso` unless said otherwise. */
function connectionsOf(world: World) {
  const pending = (wanted: Wanted = {}): Promise<Connection> =>
    world.connections.create(aNewConnection({ accountId: 'contoso', ...wanted }))
  const connected = async (wanted: Wanted = {}, user: Partial<User> = {}): Promise<Connection> => {
    const created = await pending(wanted)
    const { resource = aResource() } = created
    const at = world.now()
    const later = (ms: number) => new Date(at.getTime() + ms)
    const times = { at, nextRefreshAt: later(40 * MINUTE), hotUntil: later(DAY) }
    const signedIn = { resource, user: aUser(user), bringsResource: true, ...times }
    await world.tokenSets.connect(aSignedIn(created, signedIn))
    return storedIn(world, created.id)
  }
  const ended = async (reason: Partial<Reason> = {}, wanted: Wanted = {}): Promise<Connection> => {
    const { id, generation } = await connected(wanted)
    await world.tokenSets.requireReauthorization({
      connectionId: id,
      expectedGeneration: generation,
      reason: aReason(reason),
      claims: undefined,
    })
    return storedIn(world, id)
  }
  /** Still connected, and its last renewals failed: for that reason, or for a passing one. */
  const failing = async (reason?: Partial<Reason>, count = 3): Promise<Connection> => {
    const { id, generation } = await connected()
    await world.tokenSets.postpone({
      connectionId: id,
      expectedGeneration: generation,
      failure: { code: reason?.code ?? 'temporarily_unavailable', at: world.now(), count },
      reason: reason && aReason(reason),
      nextRefreshAt: at(HOUR),
      claims: undefined,
    })
    return storedIn(world, id)
  }
  return { pending, connected, ended, failing }
}

type Wanted = Parameters<typeof aNewConnection>[0]

/** As API Gateway would route it. */
function partsOf(method: string, path: string): EventParts {
  const { pathname, search } = new URL(path, PUBLIC_URL)
  const [id = '', action] = pathname.replace('/console/connections', '').split('/').slice(1)
  const query = search.slice(1)
  if (id === '' || id === 'new') return { route: `${method} ${pathname}`, query }
  const rest = action === undefined ? '' : `/${action}`
  const route = `${method} /console/connections/{id}${rest}`
  return { route, variables: { id }, query }
}

/** What a person reads on the page. */
export function readable({ text }: Answered): string {
  const withoutStyle = text.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '')
  const spaced = withoutStyle.replaceAll(/<\/?(?:bdi|a|strong|time|wbr)\b[^>]*>/g, '')
  return unescaped(spaced.replaceAll(/<[^>]+>/g, ' ')).replaceAll(/\s+/g, ' ')
}

/** The text of the page's first heading. */
export function headingOf({ text }: Answered): string {
  return unescaped((/<h1>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? '').replaceAll(/<[^>]+>/g, ''))
}

/** The value that a field of the page opens with. */
export function fieldValue({ text }: Answered, id: string): string | undefined {
  const [, value] = new RegExp(`<input id="${id}"[^>]*? value="([^"]*)"`).exec(text) ?? []
  return value === undefined ? undefined : unescaped(value)
}
