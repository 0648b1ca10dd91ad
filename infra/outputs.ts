import { readFile } from 'node:fs/promises'

/** The name of the stack, and so of its part of the outputs file. */
export const STACK_NAME = 'dynamics-connect'

/** Where a deployment is told to write its outputs, and where the setup looks for them. */
export const OUTPUTS_FILE = 'cdk.out/outputs.json'

/** What a deployment tells its operator. */
export const OUTPUT = {
  apiUrl: 'ApiUrl',
  replyUrl: 'ReplyUrl',
  connectionsTable: 'ConnectionsTableName',
  signInsTable: 'SignInsTableName',
  eventBus: 'EventBusName',
  appCredentialSecret: 'AppCredentialSecretArn',
  accessTokenKeyringSecret: 'AccessTokenKeyringSecretArn',
  refreshTokenKeyringSecret: 'RefreshTokenKeyringSecretArn',
  apiAccessSecret: 'ApiAccessSecretArn',
} as const

/** What each of {@link OUTPUT} is for. */
export const DESCRIPTIONS: Readonly<Record<keyof typeof OUTPUT, string>> = {
  apiUrl: 'Where the API answers; a custom domain points here',
  replyUrl: 'Register this with Microsoft, as a redirect URI of the platform Web',
  connectionsTable: 'Connections, their claims and the settings',
  signInsTable: 'Sign-ins under way',
  eventBus: 'Where every change of a connection is published; your rules listen here',
  appCredentialSecret: 'Fill with npm run setup: {"clientId","clientSecret"}',
  accessTokenKeyringSecret: 'Fill with npm run setup: {"active","keys"}',
  refreshTokenKeyringSecret: 'Fill with npm run setup: {"active","keys"}',
  apiAccessSecret: 'Fill with npm run setup: {"signingKey","clients"}',
}

/** The values of {@link OUTPUT} of one deployment. */
export type Outputs = Readonly<Record<keyof typeof OUTPUT, string>>

/**
 * Reads the file that `cdk deploy --outputs-file` wrote.
 * @throws Error that says how to make the file, or which outputs it lacks.
 */
export async function readOutputs(path: string): Promise<Outputs> {
  const stack = stackOf(await textOf(path))
  const missing = Object.values(OUTPUT).filter((name) => typeof stack[name] !== 'string')
  if (missing.length > 0) {
    throw new Error(
      `${path} lacks ${missing.join(', ')} of the stack ${STACK_NAME}: ${deploy(path)}`,
    )
  }
  const entries = Object.entries(OUTPUT).map(([key, name]) => [key, stack[name]])
  return Object.fromEntries(entries) as Outputs
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Error(`there is no ${path}: ${deploy(path)}`, { cause })
  }
}

function stackOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const stacks = JSON.parse(text) as Readonly<Record<string, Record<string, unknown>>> | null
    return stacks?.[STACK_NAME] ?? {}
  } catch {
    return {}
  }
}

function deploy(path: string): string {
  return `run "npx cdk deploy --outputs-file ${path}" first`
}
