import { randomBytes, randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { SignJWT } from 'jose'
import { DUE_BUCKETS, dueBucketOf } from '../../../functions/domain/due-bucket.ts'
import type { Invocation, LambdaRuntime } from '../../../infra/local/lambda-runtime.ts'
import { ACCOUNT } from './connections.ts'
import type { Stage } from './stage.ts'

/** What an HTTP function answered. */
export interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: string
}

/** The schedule's tick for the shard of one connection, which is the only one that is read. */
export function tickFor(id: number) {
  return { shard: dueBucketOf(id), shards: DUE_BUCKETS }
}

export function tick(stage: Stage, id: number): Promise<Invocation> {
  return stage.runtime.invoke('refresh', tickFor(id))
}

/** What a sweep did to its connections; `failed` when it could not even begin. */
export function sweptOutcome(invocation: Invocation): string {
  if (invocation.outcome !== 'returned') return invocation.outcome
  const { outcomes } = invocation.payload as { readonly outcomes: Record<string, number> }
  const counted = Object.entries(outcomes).map(([outcome, count]) =>
    count === 1 ? outcome : `${count} ${outcome}`,
  )
  return counted.length === 0 ? 'nothing' : counted.join(' and ')
}

/** `GET …/{id}/token`, as the partner's backend calls it. */
export async function getToken(
  stage: Stage,
  id: number,
  options: { readonly query?: string; readonly runtime?: LambdaRuntime } = {},
): Promise<HttpAnswer> {
  const request = httpEvent('GET /v1.0/account/connectors/{id}/token', {
    query: options.query ?? '',
    id: String(id),
    headers: { authorization: `Bearer ${await bearerToken(stage)}`, 'x-cyclr-account': ACCOUNT },
  })
  const answer = await call(options.runtime ?? stage.runtime, 'token', request)
  sent(stage, { ...answer, body: answer.statusCode === 200 ? '' : answer.body })
  return answer
}

/** `PUT …/{id}` with the refresh token that another service holds. */
export async function putAuthValue(
  stage: Stage,
  id: number,
  refreshToken: string,
): Promise<HttpAnswer> {
  const request = httpEvent('PUT /v1.0/account/connectors/{id}', {
    id: String(id),
    headers: { authorization: `Bearer ${await bearerToken(stage)}`, 'x-cyclr-account': ACCOUNT },
    json: { AuthValue: { RefreshToken: refreshToken } },
  })
  const answer = await call(stage.runtime, 'api', request)
  sent(stage, answer)
  return answer
}

/** The token that an answer serves. */
export function servedToken({ body }: HttpAnswer): unknown {
  return (JSON.parse(body) as { readonly AccessToken?: string }).AccessToken
}

/** Keeps what left the service, to be searched; whoever calls takes out what belongs to the receiver. */
export function sent(stage: Stage, answer: HttpAnswer): void {
  stage.scene.sent.push(JSON.stringify(answer))
}

export async function call(
  runtime: LambdaRuntime,
  name: string,
  event: APIGatewayProxyEventV2,
): Promise<HttpAnswer> {
  const invocation = await runtime.invoke(name, event)
  if (invocation.outcome === 'returned') {
    const payload = invocation.payload as Partial<HttpAnswer>
    const { statusCode = 0, headers = {}, cookies = [], body = '' } = payload
    return { statusCode, headers, cookies, body }
  }
  return { statusCode: 500, headers: {}, cookies: [], body: JSON.stringify(invocation) }
}

/** A bearer token as `POST /oauth/token` issues it. */
async function bearerToken({ secrets, canaries }: Stage): Promise<string> {
  const { signingKey = '' } = JSON.parse(secrets['api-access']?.current ?? '{}') as {
    readonly signingKey?: string
  }
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setIssuer('dynamics-connect')
    .setAudience('dynamics-connect')
    .setSubject('partner')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(Buffer.from(signingKey, 'base64url'))
  canaries.record('bearer token', token.split('.')[2] ?? '')
  return token
}

/** A request as API Gateway hands it over (payload format 2.0). */
export function httpEvent(
  routeKey: string,
  request: {
    readonly id?: string
    readonly query?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly cookies?: readonly string[]
    readonly json?: unknown
  },
): APIGatewayProxyEventV2 {
  const [method = 'GET', template = '/'] = routeKey.split(' ')
  const { id, query = '', headers = {}, cookies, json } = request
  const path = template.replace('{id}', id ?? '')
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies: [...cookies] }),
    headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'wire',
      domainName: 'connect.example',
      domainPrefix: 'connect',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: randomUUID() },
      requestId: randomBytes(11).toString('base64url'),
      routeKey,
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: Date.now(),
    },
    ...(id !== undefined && { pathParameters: { id } }),
    isBase64Encoded: false,
  }
}
