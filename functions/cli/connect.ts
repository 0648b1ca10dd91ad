import { clientWith, type DynamicsConnectClient } from '../client/client.ts'
import { NotFound } from '../client/errors.ts'
import type { Fetch } from '../client/fetch.ts'
import { settingsOf } from '../client/settings.ts'
import { CommandFailed, UsageError } from './command-error.ts'
import type { Context } from './context.ts'
import { warnIfExposed } from './private-file.ts'
import { loginFile, readLogin, type StoredLogin } from './stored-login.ts'
import { type Surroundings, VARIABLES, variable } from './surroundings.ts'

/** The service, for a command. */
export interface Connected {
  readonly client: DynamicsConnectClient
  /** The service's address, without a slash at its end. */
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: string
  /** The account that commands are about unless they name another one. */
  readonly account: string | undefined
}

/**
 * The service of the login, or of the variables, which win.
 * @throws UsageError when neither says enough.
 */
export async function connect(context: Context, fetch?: Fetch): Promise<Connected> {
  const { surroundings } = context
  const stored = await readLogin(surroundings)
  if (stored) await warnIfExposed(context, loginFile(surroundings))
  return connectedBy(surroundings, loginBy(surroundings, stored), fetch)
}

/** @throws RequestRefused when an address or the like cannot be right. */
export function connectedBy(
  surroundings: Surroundings,
  login: StoredLogin,
  fetch: Fetch = surroundings.fetch,
): Connected {
  const { url, clientId, clientSecret, account } = login
  const settings = settingsOf({ url, clientId, clientSecret, fetch })
  const { now, wait } = surroundings
  const client = clientWith(settings, { now, wait })
  return { client, origin: settings.origin, clientId, clientSecret, account }
}

/**
 * Asks the smallest question that only a known API client gets an answer to, so that what is wrong is told at once.
 * @throws DynamicsConnectError; CommandFailed when the service does not know that question yet
 */
export async function requireAnswer({ client }: Pick<Connected, 'client'>): Promise<void> {
  try {
    await client.connections.ofAllAccounts({ pageSize: 1 }).next()
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    throw new CommandFailed('the service is older than this command line: deploy the newer one', {
      cause: error,
    })
  }
}

function loginBy(surroundings: Surroundings, stored: StoredLogin | undefined): StoredLogin {
  const url = variable(surroundings, 'url') ?? stored?.url
  const clientId = variable(surroundings, 'clientId') ?? stored?.clientId
  // A stored secret goes to the address that it was stored for, and to no other.
  const isStoredOnes = url === stored?.url && clientId === stored?.clientId
  const kept = isStoredOnes ? stored?.clientSecret : undefined
  const clientSecret = variable(surroundings, 'clientSecret') ?? kept
  const account = variable(surroundings, 'account') ?? stored?.account
  if (url && clientId && clientSecret) return { url, clientId, clientSecret, account }
  throw notLoggedIn({ url, clientId, clientSecret }, stored !== undefined)
}

function notLoggedIn(
  known: Readonly<Record<'url' | 'clientId' | 'clientSecret', string | undefined>>,
  hasLogin: boolean,
): UsageError {
  const names = (['url', 'clientId', 'clientSecret'] as const)
    .filter((name) => known[name] === undefined)
    .map((name) => VARIABLES[name])
  const why = hasLogin
    ? 'the login is for another address or client id than the variables name'
    : 'nobody is logged in'
  return new UsageError(`${why}: run dynamics-connect login, or set ${names.join(', ')}`)
}
