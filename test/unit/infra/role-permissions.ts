import type { Template } from 'aws-cdk-lib/assertions'
import { resourcesOf } from './synthesized.ts'

/** Who may do what, and to what: role → resource → actions, by names that a person knows. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

interface Statement {
  readonly Effect: string
  readonly Action?: string | readonly string[]
  readonly Resource?: unknown
  readonly Condition?: unknown
}

interface Policy {
  readonly Roles?: readonly { readonly Ref: string }[]
  readonly PolicyDocument: { readonly Statement: readonly Statement[] }
}

/** Logical ids as the partner knows them: the construct's place in the stack, without CDK's hash. */
const RESOURCE_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^ConnectionsTable[0-9A-F]{8}$/, 'connections'],
  [/^SignInsTable[0-9A-F]{8}$/, 'sign-ins'],
  [/^SecretsAppCredentialSecret[0-9A-F]{8}$/, 'app credential'],
  [/^SecretsAccessTokenKeyringSecret[0-9A-F]{8}$/, 'access-token keyring'],
  [/^SecretsRefreshTokenKeyringSecret[0-9A-F]{8}$/, 'refresh-token keyring'],
  [/^SecretsApiAccessSecret[0-9A-F]{8}$/, 'API access'],
  [/^SecretsConsoleAccessSecret[0-9A-F]{8}$/, 'console access'],
  [/^EncryptionKey[0-9A-F]{8}$/, 'key of the stack'],
  [/^StateEventsBus[0-9A-F]{8}$/, 'event bus'],
  [/^StateEventsDeadLetters[0-9A-F]{8}$/, 'dead letters'],
  [/^refreshFunction[0-9A-F]{8}$/, 'refresh'],
  [/^([a-z]+)Log[0-9A-F]{8}$/, 'log of $1'],
]

/**
 * What the policies of a template allow to each of its roles. A role is called by the function that has
 * it. Whatever this does not understand appears as it is, where no expectation has it.
 */
export function matrixOf(template: Template): Matrix {
  const rows = [...resourcesOf<unknown>(template, 'AWS::IAM::Role').keys()].map((roleId) => {
    const statements = policiesOf(template, roleId).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    )
    return [roleNameOf(roleId), rowOf(statements)] as const
  })
  return Object.fromEntries(rows)
}

/** The matrix as a table, one line for each role and resource. */
export function printed(matrix: Matrix): string {
  const lines = Object.entries(matrix).flatMap(([role, row]) =>
    Object.entries(row).map(([resource, actions], index) =>
      [(index === 0 ? role : '').padEnd(10), resource.padEnd(22), actions.join(' ')].join(' '),
    ),
  )
  return lines.join('\n')
}

function policiesOf(template: Template, roleId: string): readonly Policy[] {
  return [...resourcesOf<Policy>(template, 'AWS::IAM::Policy').values()].filter(({ Roles = [] }) =>
    Roles.some(({ Ref }) => Ref === roleId),
  )
}

function roleNameOf(roleId: string): string {
  return /^([a-z]+)Role[0-9A-F]{8}$/.exec(roleId)?.[1] ?? roleId
}

function rowOf(statements: readonly Statement[]): Matrix[string] {
  const row: Record<string, readonly string[]> = {}
  for (const statement of statements) {
    for (const resource of listOf(statement.Resource).map(resourceNameOf)) {
      row[resource] = [...(row[resource] ?? []), ...actionsOf(statement)].sort()
    }
  }
  return row
}

/** An action alone says that it is allowed; whatever else a statement says stands beside it. */
function actionsOf({ Effect, Action, Condition, ...rest }: Statement): readonly string[] {
  const { Resource, ...unknownParts } = rest
  const isPlain = Effect === 'Allow' && Object.keys(unknownParts).length === 0
  if (!isPlain) return [JSON.stringify({ Effect, Action, ...unknownParts })]
  return listOf(Action).map((action) => `${action}${conditionOf(Condition)}`)
}

function conditionOf(condition: unknown): string {
  if (condition === undefined) return ''
  const text = JSON.stringify(condition)
  const service =
    /^\{"StringEquals":\{"kms:ViaService":\{"Fn::Join":\["",\["(\w+)\.",\{"Ref":"AWS::Region"\},"\.amazonaws\.com"\]\]\}\}\}$/.exec(
      text,
    )?.[1]
  return service === undefined ? ` if ${text}` : ` via ${service}`
}

function resourceNameOf(resource: unknown): string {
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource)
  const id = /\{"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/.exec(text)?.[1] ?? text
  const known = RESOURCE_NAMES.find(([pattern]) => pattern.test(id))
  const name = known === undefined ? text : id.replace(...known)
  const part = /\/index\/([^"]+)"/.exec(text)?.[1] ?? partByAttribute(text)
  return part === undefined ? name : `${name}/${part}`
}

/** A table and its stream are two things to be allowed. */
function partByAttribute(resource: string): string | undefined {
  return resource.includes('"StreamArn"') ? 'stream' : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
