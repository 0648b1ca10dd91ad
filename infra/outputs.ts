import { readFile } from 'node:fs/promises'
import manifest from '../package.json' with { type: 'json' }
import { type Place, placeOf } from './region-of.ts'

/** The name of the stack, and so of its part of the outputs file. */
export const STACK_NAME = 'dynamics-connect'

/** The version of the service that this folder deploys. */
export const VERSION = manifest.version

/** Where a deployment is told to write its outputs, and where the setup looks for them. */
export const OUTPUTS_FILE = 'cdk.out/outputs.json'

/** What a deployment tells its operator. */
export const OUTPUT = {
  apiUrl: 'ApiUrl',
  replyUrl: 'ReplyUrl',
  consoleUrl: 'ConsoleUrl',
  connectionsTable: 'ConnectionsTableName',
  signInsTable: 'SignInsTableName',
  eventBus: 'EventBusName',
  appCredentialSecret: 'AppCredentialSecretArn',
  accessTokenKeyringSecret: 'AccessTokenKeyringSecretArn',
  refreshTokenKeyringSecret: 'RefreshTokenKeyringSecretArn',
  apiAccessSecret: 'ApiAccessSecretArn',
  consoleAccessSecret: 'ConsoleAccessSecret',
  tokenFunction: 'TokenFunction',
  refreshFunction: 'RefreshFunctionName',
  version: 'Version',
  callbackRole: 'CallbackRoleArn',
  refreshRole: 'RefreshRoleArn',
} as const

/** What each of {@link OUTPUT} is for. */
export const DESCRIPTIONS: Readonly<Record<keyof typeof OUTPUT, string>> = {
  apiUrl: 'Where the API answers; what stands in front of it points here',
  replyUrl: 'Register this with Microsoft, as a redirect URI of the platform Web',
  consoleUrl: 'The web console: set up, connect, watch, mend',
  connectionsTable: 'Connections, their claims and the settings',
  signInsTable: 'Sign-ins under way',
  eventBus: 'Where every change of a connection is published; your rules listen here',
  tokenFunction:
    'Hands out access tokens to whom IAM lets invoke it; grant lambda:InvokeFunction on it',
  refreshFunction: 'What the schedule wakes, and npm run doctor tries',
  version: 'The version of the service that is deployed',
  appCredentialSecret: 'Fill with npm run setup: the client secret, the certificate, or neither',
  accessTokenKeyringSecret:
    'The keys that seal access tokens; npm run keys reports and rotates them',
  refreshTokenKeyringSecret:
    'The keys that seal refresh tokens; npm run keys reports and rotates them',
  apiAccessSecret: 'The signing key of bearer tokens; npm run setup adds the first API client',
  consoleAccessSecret:
    'The first sign-in to the console: in Secrets Manager, choose Retrieve secret value',
  callbackRole: 'Whom Microsoft has to trust when the app has no credential of its own',
  refreshRole: 'Whom Microsoft has to trust when the app has no credential of its own',
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

/** Where the deployment is that wrote this file; `undefined` when there is none, or it does not say. */
export async function readPlace(path: string): Promise<Place | undefined> {
  const stack = stackOf(await textOf(path).catch(() => ''))
  return placeOf(String(stack[OUTPUT.appCredentialSecret]))
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
  return path === OUTPUTS_FILE
    ? 'run "npm run deploy" first'
    : `run "npx cdk deploy --outputs-file ${path}" first`
}
