/** One answer as a browser got it. */
export interface Visit {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Where it sends the browser, by a redirect or at once by itself, as an absolute URL. */
  readonly location: string | undefined
}

/** A browser that keeps cookies and follows a redirect only when it is told to. */
export interface Browser {
  open(url: string): Promise<Visit>
  /** Follows redirects to the page where they end. */
  follow(visit: Visit): Promise<Visit>
  /**
   * Sends the form that holds this button, with the fields as they stand or as given.
   * @throws Error when the page has no such button.
   */
  press(visit: Visit, button: Button): Promise<Visit>
  /**
   * Opens what a link on the page leads to.
   * @throws Error when the page has no link with this text.
   */
  click(visit: Visit, text: string): Promise<Visit>
  /** The cookies that it would send to the host of the URL, by name. */
  cookies(url: string): ReadonlyMap<string, string>
}

/** A button by its text, or by its name and value; and what is typed before it is pressed. */
export interface Button {
  readonly text?: string
  readonly name?: string
  readonly value?: string
  readonly fields?: Readonly<Record<string, string>>
}

interface Form {
  readonly action: string
  readonly method: string
  readonly fields: Readonly<Record<string, string>>
}

const MOST_REDIRECTS = 20

/** A new browser without a cookie. Like a real one it keeps cookies by host, whatever the port. */
export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (url: string): Map<string, string> => {
    const { hostname } = new URL(url)
    const jar = jars.get(hostname) ?? new Map<string, string>()
    jars.set(hostname, jar)
    return jar
  }
  const send = async (url: string, init: RequestInit = {}): Promise<Visit> => {
    const jar = jarOf(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = cookie === '' ? {} : { cookie }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const setCookie of response.headers.getSetCookie()) store(jar, setCookie)
    return visitOf(url, response)
  }
  return {
    open: (url) => send(url),
    follow: async (visit) => {
      let page = visit
      for (let hops = 0; page.location !== undefined; hops += 1) {
        if (hops === MOST_REDIRECTS) throw new Error(`redirected without end, to ${page.location}`)
        page = await send(page.location)
      }
      return page
    },
    press: (visit, button) => {
      const { action, method, fields } = formOf(visit, button)
      const body = new URLSearchParams(fields)
      return method === 'post' ? send(action, { method, body }) : send(`${action}?${body}`)
    },
    click: (visit, text) => send(linkOn(visit, text)),
    cookies: jarOf,
  }
}

/**
 * Walks a sign-in link to the sign-in page of the stand-in for Microsoft and picks an account there.
 * @returns what the callback answered: a redirect to the partner, or a page.
 */
export async function signIn(browser: Browser, link: string, username: string): Promise<Visit> {
  const picked = await pickAccount(browser, link, username)
  return picked.location === undefined ? picked : browser.open(picked.location)
}

/** The same, up to the callback. @returns the address of the callback, which is not opened yet. */
export async function signInUpToCallback(
  browser: Browser,
  link: string,
  username: string,
): Promise<string> {
  const { location, url } = await pickAccount(browser, link, username)
  if (location === undefined) throw new Error(`Microsoft did not let ${username} through at ${url}`)
  return location
}

async function pickAccount(browser: Browser, link: string, username: string): Promise<Visit> {
  const picker = await browser.follow(await browser.open(link))
  return browser.press(picker, { name: 'account', value: username })
}

async function visitOf(url: string, response: Response): Promise<Visit> {
  const { status, headers } = response
  const target = headers.get('location') ?? refreshOf(headers)
  const location = target === null ? undefined : new URL(target, url).href
  return { url, status, headers, body: await response.text(), location }
}

/** The pages that lead to Microsoft from a form say so by this header. */
function refreshOf(headers: Headers): string | null {
  return /^0;url=(.+)$/.exec(headers.get('refresh') ?? '')?.[1] ?? null
}

function linkOn({ url, body }: Visit, wanted: string): string {
  for (const [, attributes = '', text = ''] of body.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)) {
    if (text.includes(wanted)) return new URL(attribute(attributes, 'href') ?? '', url).href
  }
  throw new Error(`no link ${wanted} at ${url}:\n${body}`)
}

/** Every button that sends a form of the page. */
export function buttonsOf({ body }: Visit): readonly Button[] {
  return [...body.matchAll(/<form\b[^>]*>(.*?)<\/form>/gs)].flatMap(([, content = '']) =>
    buttonsIn(content).map(({ text, name, value }) => ({
      text,
      ...(name === undefined ? {} : { name, value }),
    })),
  )
}

/** The value of the field with this id. */
export function fieldOn({ body }: Visit, id: string): string | undefined {
  const found = [...body.matchAll(/<input\b([^>]*)>/g)].find(
    ([, attributes = '']) => attribute(attributes, 'id') === id,
  )
  return found && attribute(found[1] ?? '', 'value')
}

function store(jar: Map<string, string>, setCookie: string): void {
  const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(setCookie) ?? []
  const isGone = /;\s*max-age=(0|-\d+)\s*(;|$)/i.test(setCookie)
  if (isGone) jar.delete(name)
  else jar.set(name, value)
}

/** The pages are ours, and regular enough to be read without a parser. */
function formOf({ url, body }: Visit, button: Button): Form {
  for (const [, attributes = '', content = ''] of body.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const pressed = buttonIn(content, button)
    if (pressed !== undefined) {
      const fields = { ...inputsIn(content), ...button.fields, ...pressed }
      const action = new URL(attribute(attributes, 'action') ?? '', url).href
      return { action, method: (attribute(attributes, 'method') ?? 'get').toLowerCase(), fields }
    }
  }
  throw new Error(`no form with the button ${JSON.stringify(button)} at ${url}:\n${body}`)
}

/** What the button itself adds to the form. */
function buttonIn(content: string, wanted: Button): Readonly<Record<string, string>> | undefined {
  const found = buttonsIn(content).find(
    ({ text, name, value }) =>
      text.includes(wanted.text ?? '') &&
      name === (wanted.name ?? name) &&
      value === (wanted.value ?? value),
  )
  if (found === undefined) return undefined
  return found.name === undefined ? {} : { [found.name]: found.value }
}

function buttonsIn(content: string) {
  return [...content.matchAll(/<button\b([^>]*)>(.*?)<\/button>/gs)].map(
    ([, attributes = '', text = '']) => ({
      text,
      name: attribute(attributes, 'name'),
      value: attribute(attributes, 'value') ?? '',
    }),
  )
}

function inputsIn(content: string): Readonly<Record<string, string>> {
  const inputs = [...content.matchAll(/<input\b([^>]*)>/g)].map(([, attributes = '']) => [
    attribute(attributes, 'name') ?? '',
    attribute(attributes, 'value') ?? '',
  ])
  return Object.fromEntries(inputs.filter(([name]) => name !== ''))
}

function attribute(attributes: string, name: string): string | undefined {
  const [, value] = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes) ?? []
  return value
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
