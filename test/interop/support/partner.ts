import type { Browser, Page } from './browser.ts'
import { RESOURCE } from './identity-server.ts'
import type { Service } from './service.ts'

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Call {
  readonly method?: string
  readonly body?: object
}

/** The partner's own page that a sign-in returns to. */
export const TARGET_ORIGIN = 'http://localhost:3998'

/** The partner's backend, for one account: nothing but the HTTP surface, used as documented. */
export class Partner {
  readonly #serviceUrl: string
  readonly #bearerToken: string
  readonly account: string

  private constructor(service: Service, bearerToken: string, account: string) {
    this.#serviceUrl = service.url
    this.#bearerToken = bearerToken
    this.account = account
  }

  static async authenticate(service: Service, account: string): Promise<Partner> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'local',
      client_secret: 'local-secret',
    })
    const answer = await fetch(`${service.url}/oauth/token`, { method: 'POST', body })
    const { access_token: bearerToken } = JSON.parse(await answer.text())
    return new Partner(service, String(bearerToken), account)
  }

  async call(path: string, { method = 'GET', body }: Call = {}): Promise<Answer> {
    const answer = await fetch(`${this.#serviceUrl}/v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#bearerToken}`,
        'x-cyclr-account': this.account,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }

  /** Creates a connection to the environment, and returns its id. */
  async install(): Promise<string> {
    const { body } = await this.call('/connectors/Microsoft%20Dynamics%20CRM%20Online/install', {
      method: 'POST',
      body: { Properties: [{ Name: 'Resource', Value: RESOURCE }] },
    })
    return String(body.Id)
  }

  /** Sends the user's browser to the service, as the button "Connect" does. */
  async openSignIn(browser: Browser, id: string): Promise<Page> {
    const body = { Username: USERNAME }
    const signInToken = await this.call(`/accounts/${this.account}/signintoken`, {
      method: 'POST',
      body,
    })
    const token = String(signInToken.body.Token)
    const query = new URLSearchParams({ id, token, targetOrigin: TARGET_ORIGIN })
    return await browser.get(
      `${this.#serviceUrl}/connectorauth/updateaccountconnectoroauth?${query}`,
    )
  }

  async connection(id: string): Promise<Answer> {
    return await this.call(`/account/connectors/${id}`)
  }

  async token(id: string, query: Record<string, string> = {}): Promise<Answer> {
    return await this.call(`/account/connectors/${id}/token?${new URLSearchParams(query)}`)
  }

  async refresh(id: string): Promise<Answer> {
    return await this.call(`/account/connectors/${id}/refresh`, { method: 'POST' })
  }
}

const USERNAME = 'adele'
