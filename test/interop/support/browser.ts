interface Cookie {
  readonly name: string
  readonly value: string
  readonly host: string
  readonly path: string
}

export interface Page {
  readonly url: string
  readonly status: number
  /** Where it sends the browser on to, as an absolute URL; empty when it does not. */
  readonly location: string
  readonly text: string
}

/** As much of a browser as a sign-in needs: a cookie jar, and redirects followed one by one. */
export class Browser {
  #cookies: readonly Cookie[] = []

  async get(url: string): Promise<Page> {
    return await this.#request(url, {})
  }

  async post(url: string, fields: Record<string, string>): Promise<Page> {
    return await this.#request(url, { method: 'POST', body: new URLSearchParams(fields) })
  }

  /** Follows redirects until one leads to `destination`, and returns that URL unopened. */
  async followTo(destination: string, from: Page): Promise<string> {
    let page = from
    for (let hops = 0; hops < 10; hops += 1) {
      if (page.location.startsWith(destination)) return page.location
      if (page.location === '') break
      page = await this.get(page.location)
    }
    throw new Error(
      `expected a way to ${destination}, got ${page.status} at ${page.url}:\n${page.text}`,
    )
  }

  async #request(url: string, init: RequestInit): Promise<Page> {
    const { hostname, pathname } = new URL(url)
    const sent = this.#cookies.filter((one) => one.host === hostname && covers(one.path, pathname))
    const cookie = sent.map(({ name, value }) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', ...(cookie !== '' && { cookie }) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line, hostname)
    const location = response.headers.get('location')
    return {
      url,
      status: response.status,
      location: location === null ? '' : new URL(location, url).href,
      text: await response.text(),
    }
  }

  #keep(line: string, host: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const [name = '', ...value] = pair.split('=')
    const path = attribute(attributes, 'path') ?? '/'
    const others = this.#cookies.filter((one) => one.name !== name || one.path !== path)
    const kept = { name, value: value.join('='), host, path }
    this.#cookies = hasExpired(attributes) ? others : [...others, kept]
  }
}

const covers = (cookiePath: string, requestPath: string): boolean =>
  cookiePath === '/' || requestPath === cookiePath || requestPath.startsWith(`${cookiePath}/`)

const attribute = (attributes: readonly string[], name: string): string | undefined =>
  attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)

function hasExpired(attributes: readonly string[]): boolean {
  const expires = attribute(attributes, 'expires')
  const isPast = expires !== undefined && Date.parse(expires) <= Date.now()
  return isPast || attribute(attributes, 'max-age') === '0'
}

/** The hidden fields of a page's first form that are already filled in. */
export function hiddenFields(html: string): Record<string, string> {
  const form = /<form[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  const inputs = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return Object.fromEntries(
    [...inputs].map(([, name = '', value = '']) => [name, unescapeHtml(value)]),
  )
}

const unescapeHtml = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#039;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
