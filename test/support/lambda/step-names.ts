/** One request of a function on its way, read completely. */
export interface WireRequest {
  readonly method: string
  /** With the query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** What a request does, in words that stay the same from run to run. */
export function stepName(request: WireRequest): string {
  const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.')
  if (service.startsWith('DynamoDB')) return storeStep(operation, JSON.parse(request.body))
  if (service === 'secretsmanager') return `read ${secretNameOf(request.body)}`
  if (service === 'AWSEvents') return 'publish events'
  const { target } = request
  if (target.endsWith('/oauth2/v2.0/token')) return 'token request'
  if (target.endsWith('/discovery/v2.0/keys')) return 'read signing keys'
  if (target.endsWith('/WhoAmI')) return 'WhoAmI'
  if (/\/invocation\/[^/]+\/response$/.test(target)) return 'post response'
  if (/\/(invocation\/[^/]+|init)\/error$/.test(target)) return 'post error'
  return `${request.method} ${target}`
}

interface StoreRequest {
  readonly Key?: Key
  readonly Item?: Key
  readonly UpdateExpression?: string
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Key[] }>>
}

interface Key {
  readonly pk?: { readonly S?: string }
}

const WRITES: readonly (readonly [kind: string, part: RegExp, name: string])[] = [
  ['connection', /#tokenSet = /, 'store token set'],
  ['connection', /#status = /, 'write status'],
  ['connection', /#failure = /, 'note failure'],
  ['authorization-request', /consumedBy/, 'consume request'],
  ['authorization-request', /#result/, 'keep result'],
  ['sign-in-token', /^SET/, 'spend link'],
  ['sign-in-token', /^REMOVE/, 'give link back'],
  ['claim', /^$/, 'claim'],
  ['hour', /#shard = /, 'put on record'],
]

function storeStep(operation: string, request: StoreRequest): string {
  const [batchKey] = Object.values(request.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys)
  const [kind = ''] = (request.Key ?? request.Item ?? batchKey)?.pk?.S?.split('#') ?? []
  if (operation === 'Query') return 'read due connections'
  if (kind === 'brake' && operation === 'BatchGetItem') return 'read brakes'
  if (operation === 'GetItem' || operation === 'BatchGetItem') return `read ${kind}`
  const { UpdateExpression = '' } = request
  const known = WRITES.find(([of, part]) => of === kind && part.test(UpdateExpression))
  return known?.[2] ?? `${operation} ${kind}`
}

function secretNameOf(body: string): string {
  const { SecretId = '' }: { readonly SecretId?: string } = JSON.parse(body)
  const [, name = SecretId] = /dynamics-connect-local\/([a-z-]+)-[^-]+$/.exec(SecretId) ?? []
  return name
}
