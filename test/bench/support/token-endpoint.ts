import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { accessToken, idToken, refreshToken } from './realistic-tokens.ts'
import { tokenSubject } from './subject.ts'

/** Tokens are made beforehand, so that making them is no part of what is measured. */
const ANSWERS = 32

/**
 * A token endpoint that answers every refresh after the milliseconds that its path begins with:
 * `/150/{tenant}/oauth2/v2.0/token`.
 */
export function tokenEndpoint(): RequestListener {
  const answers = makeAnswers()
  const idTokens = new Map<string, string>()
  let served = 0
  return (request, response) => {
    const [, latency = '0', tenant = ''] = (request.url ?? '').split('/')
    const baseUrl = `http://${request.headers.host}/${latency}`
    const whose = `${baseUrl}/${tenant}`
    const made = idTokens.get(whose) ?? idToken(tokenSubject(baseUrl, tenant))
    idTokens.set(whose, made)
    served += 1
    const body = `${answers[served % ANSWERS]},"id_token":"${made}"}`
    answerAfter(request, { response, milliseconds: Number(latency), body })
  }
}

function answerAfter(
  request: IncomingMessage,
  answer: {
    readonly response: ServerResponse
    readonly milliseconds: number
    readonly body: string
  },
): void {
  const { response, milliseconds, body } = answer
  request.resume().once('end', () => {
    const send = () => response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    if (milliseconds === 0) send()
    else setTimeout(send, milliseconds)
  })
}

/** All but the id_token and the closing brace. */
function makeAnswers(): readonly string[] {
  const subject = tokenSubject('')
  const clientInfo = { uid: subject.objectId, utid: subject.tenantId }
  return Array.from({ length: ANSWERS }, () =>
    JSON.stringify({
      token_type: 'Bearer',
      scope: `${subject.resource}/user_impersonation`,
      expires_in: 4500,
      ext_expires_in: 4500,
      access_token: accessToken(subject),
      refresh_token: refreshToken(),
      client_info: Buffer.from(JSON.stringify(clientInfo)).toString('base64url'),
    }).slice(0, -1),
  )
}
