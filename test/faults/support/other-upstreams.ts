import { randomUUID } from 'node:crypto'
import type { Stage } from './stage.ts'
import type { WireAnswer, WireRequest } from './wire-server.ts'

const AWS_JSON = { 'content-type': 'application/x-amz-json-1.1' }

/** An answer of an AWS service. */
export function awsAnswer(status: number, value: unknown): WireAnswer {
  return { status, headers: AWS_JSON, body: JSON.stringify(value) }
}

/** An answer that names an AWS error. */
export function awsError(status: number, type: string): WireAnswer {
  return awsAnswer(status, { __type: type, message: 'Something is wrong.' })
}

/** Whose secret a request is about. */
export function secretNamed({ body }: WireRequest): {
  readonly row: string
  readonly name: string
} {
  const { SecretId } = JSON.parse(body) as { readonly SecretId: string }
  const [row = '', name = ''] = SecretId.split('/')
  return { row, name }
}

/** GetSecretValue. */
export function secretAnswer(stage: Stage, name: string, { body }: WireRequest): WireAnswer {
  const { VersionStage } = JSON.parse(body) as { readonly VersionStage?: string }
  const secret = stage.secrets[name]
  const value = VersionStage === 'AWSPREVIOUS' ? secret?.previous : secret?.current
  if (value === undefined) return awsError(400, 'ResourceNotFoundException')
  return awsAnswer(200, {
    ARN: `${stage.name}/${name}`,
    Name: name,
    VersionId: randomUUID(),
    SecretString: value,
    VersionStages: [VersionStage ?? 'AWSCURRENT'],
    CreatedDate: 1_790_000_000,
  })
}

/** Lambda's Invoke, at the row's own function. */
export async function invokeAnswer(stage: Stage, request: WireRequest): Promise<WireAnswer> {
  const invocation = stage.runtime.invoke('refresh', JSON.parse(request.body))
  if (request.headers['x-amz-invocation-type'] === 'Event') return { status: 202 }
  const came = await invocation
  const headers = { 'content-type': 'application/json' }
  if (came.outcome === 'returned') {
    return { status: 200, headers, body: JSON.stringify(came.payload) }
  }
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(came),
  }
}

/** The environment: who the caller is, or where to sign in. */
export function whoAmIAnswer(stage: Pick<Stage, 'entra'>, { headers }: WireRequest): WireAnswer {
  const { authorization } = headers
  const { tenantId } = stage.entra.user
  if (authorization === undefined) {
    const uri = `https://login.microsoftonline.com/${tenantId}/oauth2/authorize`
    return { status: 401, headers: { 'www-authenticate': `Bearer authorization_uri=${uri}` } }
  }
  const known = stage.entra.issued.some((set) => `Bearer ${set.accessToken}` === authorization)
  if (!known) return { status: 401 }
  const [BusinessUnitId, UserId, OrganizationId] = [randomUUID(), randomUUID(), randomUUID()]
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ BusinessUnitId, UserId, OrganizationId }),
  }
}
