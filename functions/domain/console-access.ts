import { createHash, timingSafeEqual } from 'node:crypto'
import { type PeopleProvider, parsePeopleProvider } from './people-provider.ts'

/** The sign-in that a deployment begins with: whoever may read its secret in AWS may use the console. */
export interface FirstSignIn {
  readonly clientId: string
  readonly clientSecret: string
}

/** Who may sign in to the console, beside API clients. */
export interface ConsoleAccess {
  /** Absent once it was closed. */
  readonly firstSignIn: FirstSignIn | undefined
  /** Absent where none is set up, or what is stored of it cannot be used. */
  readonly provider: PeopleProvider | undefined
}

/**
 * Where that is kept. A change loses no other that is made at the same time, and is seen at once by whoever
 * reads by the same object or `reread`s; by others within five minutes. Every call throws ServiceError
 * `secret_unreadable` where the store does not answer or holds none; a change throws `secret_changed` where
 * others were always faster.
 */
export interface ConsoleAccessStore {
  /** @param options `reread`: not from memory, as when somebody signs in */
  read(options?: { readonly reread: boolean }): Promise<ConsoleAccess>
  /** For good: it opens again only when somebody writes it into the secret in AWS. */
  closeFirstSignIn(): Promise<void>
  /** In the place of the one before. */
  saveProvider(provider: PeopleProvider): Promise<void>
  removeProvider(): Promise<void>
}

/** Whether somebody presented the first sign-in, while it is open. */
export function isFirstSignIn({ firstSignIn }: ConsoleAccess, presented: FirstSignIn): boolean {
  if (firstSignIn === undefined) return false
  const isSecret = timingSafeEqual(
    digestOf(presented.clientSecret),
    digestOf(firstSignIn.clientSecret),
  )
  return isSecret && presented.clientId === firstSignIn.clientId
}

/** What is stored, `{"clientId","clientSecret","provider"}`, each of which may be absent. */
export type StoredConsoleAccess = Readonly<Record<string, unknown>>

/** What is stored as it is used; a provider that is not whole is none, so that it locks nobody out. */
export function consoleAccessOf({
  clientId,
  clientSecret,
  provider,
}: StoredConsoleAccess): ConsoleAccess {
  const parsed = parsePeopleProvider(provider)
  const isOpen = isText(clientId) && isText(clientSecret)
  return {
    firstSignIn: isOpen ? { clientId, clientSecret } : undefined,
    provider: parsed.outcome === 'valid' ? parsed.provider : undefined,
  }
}

/** What is stored, without the first sign-in. */
export function withoutFirstSignIn(stored: StoredConsoleAccess): StoredConsoleAccess {
  const { clientId, clientSecret, ...rest } = stored
  return rest
}

/** What is stored, with this provider or none. */
export function withProvider(
  stored: StoredConsoleAccess,
  provider: PeopleProvider | undefined,
): StoredConsoleAccess {
  const { provider: before, ...rest } = stored
  return provider === undefined ? rest : { ...rest, provider }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
