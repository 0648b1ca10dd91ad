import { federationCommands } from '../functions/domain/federation-commands.ts'
import {
  type PartnerSettingsStore,
  type RegisteredApp,
  registeredAppOf,
} from '../functions/domain/partner-settings.ts'
import {
  newApiAccess,
  newApiClient,
  storedApiAccessOf,
} from '../functions/domain/stored-api-access.ts'
import {
  type AppCredentialValue,
  knownAppCredentialOf,
} from '../functions/domain/stored-app-credential.ts'
import { newKeyring, storedKeyringOf } from '../functions/domain/stored-keyring.ts'
import { consoleWords } from './console-words.ts'
import type { Outputs } from './outputs.ts'

/** Where secrets are kept. */
export interface SecretStore {
  /** @returns `undefined` when the secret has no value yet. */
  read(secretId: string): Promise<string | undefined>
  write(secretId: string, value: string): Promise<void>
}

/** Whoever runs the setup. */
export interface Operator {
  /** @returns the app's credential, as it was checked by {@link credentialProblem}. */
  appCredential(): Promise<AppCredentialValue>
  tell(line: string): void
}

/** What the setup works with. */
export interface SetupDependencies {
  readonly secrets: SecretStore
  readonly settings: Pick<PartnerSettingsStore, 'read' | 'saveApp'>
  readonly operator: Operator
  readonly now: () => Date
}

/** What the setup is to do. */
export interface SetupOptions {
  readonly outputs: Outputs
  /** Ask for the app's credential even if there is one. */
  readonly replaceAppCredential: boolean
  /** Take the credential of another app than before, whose connections have to sign in again. */
  readonly isAnotherApp: boolean
}

/** The API client that a new deployment begins with. */
const FIRST_API_CLIENT = 'partner'

/**
 * Fills what a new deployment leaves open: the app's credential and the first API client; also the keys,
 * where the deployment did not make them. Whatever is filled stays as it is.
 * @throws Error when a secret holds something that is neither a placeholder nor of its shape.
 */
export async function setUp(deps: SetupDependencies, options: SetupOptions): Promise<void> {
  const { outputs } = options
  await fillKeyring(deps, 'keyring of access tokens', outputs.accessTokenKeyringSecret)
  await fillKeyring(deps, 'keyring of refresh tokens', outputs.refreshTokenKeyringSecret)
  await fillApiAccess(deps, outputs.apiAccessSecret)
  await fillApp(deps, await fillAppCredential(deps, options))
  deps.operator.tell(`register this reply URL with Microsoft: ${outputs.replyUrl}`)
  for (const line of consoleWords(outputs)) deps.operator.tell(line)
}

async function fillKeyring(
  { secrets, operator }: SetupDependencies,
  name: string,
  secretId: string,
): Promise<void> {
  const kept = await filled(secrets, { name, secretId, parse: storedKeyringOf })
  if (kept === undefined) {
    await secrets.write(secretId, JSON.stringify(newKeyring()))
  }
  operator.tell(kept === undefined ? `${name}: made` : `${name}: kept`)
}

async function fillApiAccess(
  { secrets, operator }: SetupDependencies,
  secretId: string,
): Promise<void> {
  const kept = await filled(secrets, { name: 'API access', secretId, parse: storedApiAccessOf })
  if (kept !== undefined && kept.clients.length > 0) {
    operator.tell('API access: kept')
    return
  }
  const client = newApiClient(FIRST_API_CLIENT)
  await secrets.write(secretId, JSON.stringify(newApiAccess([client], kept?.signingKey)))
  operator.tell('API access: made. Keep this API client; its secret is not shown again')
  operator.tell(`  client id:     ${client.clientId}`)
  operator.tell(`  client secret: ${client.clientSecret}`)
}

/** @returns the app without when it changed, where its credential is kept */
async function fillAppCredential(
  { secrets, settings, operator, now }: SetupDependencies,
  { outputs, replaceAppCredential, isAnotherApp }: SetupOptions,
): Promise<RegisteredApp> {
  const secretId = outputs.appCredentialSecret
  const wanted = { name: 'app credential', secretId, parse: knownAppCredentialOf }
  const kept = replaceAppCredential ? undefined : await filled(secrets, wanted)
  if (kept !== undefined) {
    operator.tell('app credential: kept (--replace-app-credential replaces it)')
    return registeredAppOf(kept, undefined)
  }
  const credential = await operator.appCredential()
  const { app: before } = await settings.read()
  if (!isAnotherApp) requireSameApp(before?.clientId, credential.clientId)
  await secrets.write(secretId, JSON.stringify(credential))
  const app = registeredAppOf(credential, now())
  for (const line of wordsFor(app, outputs)) operator.tell(line)
  return app
}

/** Grants belong to the app that they were given to: under another client id each of them has ended. */
function requireSameApp(before: string | undefined, clientId: string): void {
  if (before === undefined || before === clientId) return
  throw new Error(
    `the service is app ${before}, and ${clientId} is another one, with which every connection has to sign in again: check the client id, or add --another-app if that is meant; nothing was stored`,
  )
}

function wordsFor(app: RegisteredApp, outputs: Outputs): readonly string[] {
  if (app.kind !== 'federated') return [`app credential: stored; ${endOf(app)}`]
  const commands = federationCommands(app.clientId, outputs)
  return [
    'app credential: none; deploy with --context appCredential=federated, and let Microsoft trust the functions:',
    ...commands.map((command) => `  ${command}`),
  ]
}

function endOf({ endsAt }: RegisteredApp): string {
  return endsAt === undefined
    ? 'its end date is not known, so that no alarm comes before it'
    : `it ends on ${endsAt.toISOString().slice(0, 10)}, and an alarm comes 30 and 7 days before`
}

/** A sign-in begins with the public client id and ends with the secret one: they must be the same. */
async function fillApp(
  { settings, operator }: SetupDependencies,
  app: RegisteredApp,
): Promise<void> {
  const { app: before } = await settings.read()
  if (app.changedAt !== undefined || before === undefined || !isSameApp(before, app)) {
    await settings.saveApp(app)
  }
  const isKept = before?.clientId === app.clientId
  operator.tell(`client id in the settings: ${isKept ? 'kept' : app.clientId}`)
}

/** Whether all that the credential says of the app is in the settings. */
function isSameApp(one: RegisteredApp, other: RegisteredApp): boolean {
  const said = ({ clientId, kind, endsAt }: RegisteredApp) =>
    [clientId, kind, endsAt?.getTime()].join()
  return said(one) === said(other)
}

interface Wanted<T> {
  readonly name: string
  readonly secretId: string
  /** @returns `undefined` when it is of another shape. */
  readonly parse: (value: unknown) => T | undefined
}

async function filled<T>(secrets: SecretStore, wanted: Wanted<T>): Promise<T | undefined> {
  const value = jsonObjectOf(await secrets.read(wanted.secretId))
  const parsed = value === undefined ? undefined : wanted.parse(value)
  if (value === undefined || parsed !== undefined) return parsed
  throw new Error(
    `${wanted.name}: the secret ${wanted.secretId} holds JSON of another shape, which is left alone; repair it, or empty it by storing the text "placeholder"`,
  )
}

/** A secret that is not filled holds a random password or nothing; only a JSON object was put there on purpose. */
function jsonObjectOf(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
