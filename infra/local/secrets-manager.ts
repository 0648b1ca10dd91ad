import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { listenLocally } from './local-server.ts'
import { readBody } from './request-body.ts'
import {
  newSecret,
  openSecretsStore,
  type Secret,
  type SecretsStore,
  type SecretVersion,
  STAGE,
  withLabel,
  withVersion,
} from './secrets-store.ts'

type Input = Readonly<Record<string, unknown>>
type Output = Readonly<Record<string, unknown>>

/** A running stand-in for AWS Secrets Manager. */
export interface SecretsManagerStandIn {
  readonly url: string
  close(): Promise<void>
}

/** No call of ours is near it. */
const REQUEST_LIMIT_BYTES = 1024 * 1024

/** Answers CreateSecret, DescribeSecret, GetSecretValue, PutSecretValue and UpdateSecretVersionStage from a file. */
export async function startSecretsManager(options: {
  readonly file: string
  readonly now?: () => Date
}): Promise<SecretsManagerStandIn> {
  const operations = operationsOn(openSecretsStore(options.file), options.now ?? (() => new Date()))
  const server = await listenLocally(0, listenerOf(operations))
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.close() }
}

/** What AWS refuses, by the name that its clients know. */
class Refusal extends Error {
  override readonly name: string

  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

type Operations = Readonly<Record<string, (input: Input) => Output>>

function operationsOn(store: SecretsStore, now: () => Date): Operations {
  const existing = (input: Input): Secret => {
    const secret = store.find(text(input, 'SecretId'))
    if (secret !== undefined) return secret
    throw new Refusal(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    )
  }
  return {
    CreateSecret: (input) => {
      const name = text(input, 'Name')
      if (store.find(name) !== undefined) throw alreadyExists(`the secret ${name}`)
      return put(newSecret(name, now()), input)
    },
    DescribeSecret: (input) => describe(existing(input)),
    GetSecretValue: (input) => value(existing(input), input),
    PutSecretValue: (input) => put(existing(input), input),
    UpdateSecretVersionStage: (input) => {
      const changed = relabelled(existing(input), input)
      store.save(changed)
      return { ARN: changed.arn, Name: changed.name }
    },
  }

  function put(secret: Secret, input: Input): Output {
    const id = optionalText(input, 'ClientRequestToken') ?? randomUUID()
    const secretString = text(input, 'SecretString')
    const same = secret.versions.find((version) => version.id === id)
    if (same !== undefined && same.secretString !== secretString) {
      throw alreadyExists(`version ${id} with another value`)
    }
    const changed = same
      ? secret
      : withVersion(secret, { id, secretString, stages: stagesOf(input) }, now())
    store.save(changed)
    const stages = changed.versions.find((version) => version.id === id)?.stages
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages }
  }
}

function describe({ arn, name, createdAt, versions }: Secret): Output {
  const stages = versions.map((version) => [version.id, version.stages])
  return {
    ARN: arn,
    Name: name,
    CreatedDate: createdAt,
    LastChangedDate: versions.at(-1)?.createdAt ?? createdAt,
    VersionIdsToStages: Object.fromEntries(stages),
  }
}

function value(secret: Secret, input: Input): Output {
  const version = versionOf(secret, input)
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.secretString,
    VersionStages: version.stages,
    CreatedDate: version.createdAt,
  }
}

function versionOf({ versions }: Secret, input: Input): SecretVersion {
  const id = optionalText(input, 'VersionId')
  const stage = optionalText(input, 'VersionStage')
  const wanted = stage ?? (id === undefined ? STAGE.current : undefined)
  const byId = versions.filter((version) => id === undefined || version.id === id)
  const found = byId.find(({ stages }) => wanted === undefined || stages.includes(wanted))
  if (found !== undefined) return found
  if (id !== undefined && byId.length > 0) {
    throw new Refusal(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    )
  }
  const sought = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`
  throw new Refusal(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${sought}`,
  )
}

/** A label is moved or taken away only by naming the version that has it. */
function relabelled(secret: Secret, input: Input): Secret {
  const stage = text(input, 'VersionStage')
  const to = optionalText(input, 'MoveToVersionId')
  const holder = secret.versions.find(({ stages }) => stages.includes(stage))?.id
  if (holder !== optionalText(input, 'RemoveFromVersionId') && holder !== to) {
    throw new Refusal(
      'InvalidParameterException',
      `Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
  }
  if (to !== undefined && secret.versions.every(({ id }) => id !== to)) {
    throw new Refusal(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret version ${to}`,
    )
  }
  return withLabel(secret, { stage, to })
}

function stagesOf(input: Input): readonly string[] {
  const { VersionStages: stages } = input
  return Array.isArray(stages) ? stages.map(String) : [STAGE.current]
}

function alreadyExists(what: string): Refusal {
  return new Refusal(
    'ResourceExistsException',
    `The operation failed because ${what} already exists.`,
  )
}

function text(input: Input, name: string): string {
  const given = optionalText(input, name)
  if (given !== undefined) return given
  throw new Refusal('InvalidParameterException', `set ${name} to a text`)
}

function optionalText(input: Input, name: string): string | undefined {
  const given = input[name]
  return typeof given === 'string' && given !== '' ? given : undefined
}

function listenerOf(operations: Operations): RequestListener {
  return (message, response) => {
    outcomeOf(operations, message)
      .then((output) => send(response, 200, output))
      .catch((error: unknown) => sendRefusal(response, error))
  }
}

async function outcomeOf(operations: Operations, message: IncomingMessage): Promise<Output> {
  const [, name = ''] = String(message.headers['x-amz-target']).split('secretsmanager.')
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
  const body = await readBody(message, REQUEST_LIMIT_BYTES)
  if (operation === undefined) {
    throw new Refusal('UnknownOperationException', `the local stand-in does not answer ${name}`)
  }
  const input = body === 'too_large' ? undefined : parse(body)
  if (input === undefined) throw new Refusal('SerializationException', 'the request is not JSON')
  return operation(input)
}

function parse(body: Buffer): Input | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as Input
  } catch {
    return undefined
  }
}

function sendRefusal(response: ServerResponse, error: unknown): void {
  const [status, type] =
    error instanceof Refusal ? [400, error.name] : [500, 'InternalServiceError']
  send(response, status, { __type: type, Message: error instanceof Error ? error.message : '' })
}

function send(response: ServerResponse, status: number, output: Output): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  })
  response.end(JSON.stringify(output))
}
