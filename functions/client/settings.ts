import { RequestRefused } from './errors.ts'
import type { Fetch } from './fetch.ts'

/** Where the service is and who asks. */
export interface DynamicsConnectOptions {
  /** The service's address, `https://connect.example.com`: the output `ApiUrl`, or your domain. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** The account that calls are about unless they name another one. */
  readonly accountId?: string | undefined
  /** What sends requests, for a proxy of your own or a test; the runtime's `fetch` unless given. */
  readonly fetch?: Fetch | undefined
}

/** The options once they have been looked at. */
export interface Settings {
  /** Without a slash at its end. */
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: string
  readonly accountId: string | undefined
  readonly fetch: Fetch
}

/** @throws RequestRefused with the option that is wrong and what to write; never with what was written. */
export function settingsOf(options: DynamicsConnectOptions): Settings {
  return {
    origin: originOf(options.url),
    clientId: present('clientId', options.clientId),
    clientSecret: present('clientSecret', options.clientSecret),
    accountId: options.accountId,
    // Looked up at each call, so that whatever instruments fetch later is used.
    fetch: options.fetch ?? ((url, request) => globalThis.fetch(url, request)),
  }
}

/** What comes from an unset variable is `undefined`, whatever its type says. */
function present(name: 'clientId' | 'clientSecret', value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new RequestRefused(
    `Set ${name}: the service's setup prints it, and the page Access of its console makes new ones.`,
    { code: 'options_invalid' },
  )
}

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]']

function originOf(text: unknown): string {
  if (typeof text !== 'string' || !URL.canParse(text)) throw badUrl()
  const { origin, protocol, hostname, pathname, search, username, password } = new URL(text)
  const isOrigin = pathname === '/' && search === '' && username === '' && password === ''
  const isSafe = protocol === 'https:' || (protocol === 'http:' && LOCAL_HOSTS.includes(hostname))
  if (isOrigin && isSafe) return origin
  throw badUrl()
}

function badUrl(): RequestRefused {
  return new RequestRefused(
    'Set url to the address of the service, such as https://connect.example.com: https (http on localhost alone), without a path.',
    { code: 'options_invalid' },
  )
}
