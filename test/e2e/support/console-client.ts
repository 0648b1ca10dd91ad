import { type OutgoingHttpHeaders, request } from 'node:http'

/** What the console answered. */
export interface ConsoleAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Where it sends the browser, as it is written. */
  readonly location: string | undefined
}

/** What goes with a request. */
export interface ConsoleRequest {
  readonly cookie?: string
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** In the form's stead. */
  readonly body?: string | Uint8Array
  /** The address of this machine that it comes from. */
  readonly from?: string
}

/** Somebody who is signed in. */
export interface ConsoleSession {
  readonly cookie: string
  readonly formToken: string
}

/** Every answer of the console has these. */
const WANTED: Readonly<Record<string, RegExp>> = {
  'cache-control': /^no-store$/,
  'content-security-policy':
    /^default-src 'none'; base-uri 'none'; form-action '(none|self)'; frame-ancestors (?!\*)/,
  'referrer-policy': /^no-referrer$/,
  'strict-transport-security': /^max-age=63072000/,
  'x-content-type-options': /^nosniff$/,
}

/** Asks the console as a program of anybody's can. @throws Error when an answer lacks a security header. */
export async function ask(
  url: string,
  route: string,
  { cookie, form, headers = {}, body, from }: ConsoleRequest = {},
): Promise<ConsoleAnswer> {
  const [method = 'GET', path = '/'] = route.split(' ')
  const sent = body ?? (form && new URLSearchParams(form).toString())
  const answer = await send(new URL(path, url), {
    method,
    body: sent,
    from,
    headers: {
      ...(cookie && { cookie }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
  })
  requireSecurityHeaders(route, answer)
  return answer
}

interface Sent {
  readonly method: string
  readonly body: string | Uint8Array | undefined
  readonly from: string | undefined
  readonly headers: OutgoingHttpHeaders
}

/** Not by `fetch`, which sets headers of its own, and cannot choose where it comes from. */
async function send(url: URL, { method, body, from, headers }: Sent): Promise<ConsoleAnswer> {
  const answered = Promise.withResolvers<ConsoleAnswer>()
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  const options = {
    host: '127.0.0.1',
    port: url.port,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { host: url.host, ...length, ...headers },
    ...(from && { localAddress: from }),
  }
  const outgoing = request(options, async (incoming) => {
    const pieces: Buffer[] = []
    for await (const piece of incoming) pieces.push(Buffer.from(piece))
    const received = new Headers()
    for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
      for (const value of values) received.append(name, value)
    }
    answered.resolve({
      status: incoming.statusCode ?? 0,
      headers: received,
      body: Buffer.concat(pieces).toString(),
      location: received.get('location') ?? undefined,
    })
  })
  outgoing.on('error', answered.reject)
  outgoing.end(body)
  return answered.promise
}

function requireSecurityHeaders(route: string, { status, headers }: ConsoleAnswer): void {
  for (const [name, wanted] of Object.entries(WANTED)) {
    const value = headers.get(name) ?? ''
    if (!wanted.test(value) || value.includes('unsafe-')) {
      throw new Error(`${route} answered ${status} with ${name}: ${value}`)
    }
  }
}

/** The cookies of an answer, as a browser sends them back. */
export function cookiesOf({ headers }: ConsoleAnswer): string {
  return headers
    .getSetCookie()
    .filter((cookie) => !cookie.includes('Max-Age=0'))
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/** The token of the first form on a page. */
export function formTokenOn({ body }: ConsoleAnswer): string {
  return /name="formToken" value="([^"]+)"/.exec(body)?.[1] ?? ''
}

/** Opens the door's page and sends its form. */
export async function attemptSignIn(
  url: string,
  client: { readonly id: string; readonly secret: string; readonly to?: string },
  { from, cookie = '' }: { readonly from?: string; readonly cookie?: string } = {},
): Promise<ConsoleAnswer> {
  const place = from === undefined ? {} : { from }
  const door = await ask(url, 'GET /console/sign-in', { ...place, cookie })
  return ask(url, 'POST /console/sign-in', {
    ...place,
    cookie: `${cookiesOf(door)}; ${cookie}`,
    form: { formToken: formTokenOn(door), to: '', ...client },
  })
}

/** @throws Error when nobody is let in. */
export async function signInToConsole(
  url: string,
  client: { readonly id: string; readonly secret: string },
): Promise<ConsoleSession> {
  const answer = await attemptSignIn(url, client)
  if (answer.status !== 303) throw new Error(`${client.id} was not let in: ${answer.status}`)
  const cookie = cookiesOf(answer)
  const page = await ask(url, 'GET /console/connections', { cookie })
  return { cookie, formToken: formTokenOn(page) }
}
