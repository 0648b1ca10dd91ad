import { type StoredKeyring, withNewKey, withoutKey } from '../functions/domain/stored-keyring.ts'
import { lossOfDropping, stillNeeded } from './keys-needed.ts'
import { type KeyUse, KINDS, type Kind, type KindOfToken } from './keys-use.ts'

/** A keyring as it was read. */
export interface KeyringAsRead {
  readonly keyring: StoredKeyring
  readonly changedAt: Date
  /** Which version of the secret it is. */
  readonly versionId: string
}

/** The two keyrings of a deployment. */
export interface Keyrings {
  /** @throws Error that says what to do when the secret holds no keyring. */
  read(kind: Kind): Promise<KeyringAsRead>
  /**
   * Puts a keyring in the place of the one that was read.
   * @throws Error that says what to do when another took that place meanwhile, whose new key would be lost.
   */
  replace(kind: Kind, keyring: StoredKeyring, read: KeyringAsRead): Promise<void>
}

/** The sealed tokens of a deployment. */
export interface SealedTokens {
  /**
   * Reads every sealed token's header and counts by key.
   * @param options `latest`: also what was stored this moment; `progress` is told how many were read
   */
  countByKey(options: {
    readonly latest: boolean
    readonly progress: (connections: number) => void
  }): Promise<KeyUse>
}

/** What the commands work with. */
export interface KeysDependencies {
  readonly keyrings: Keyrings
  readonly sealedTokens: SealedTokens
  readonly tell: (line: string) => void
  readonly now: () => Date
}

/**
 * A container seals with its copy of a keyring for five minutes, and a sign-in that is sealed then waits
 * ten more for the partner; the rest is margin.
 */
const SETTLING_MS = 20 * 60 * 1000

const NAMES: Readonly<Record<Kind, string>> = { access: 'access tokens', refresh: 'refresh tokens' }

/** Says of each key what it is still needed for. */
export async function reportKeys(deps: KeysDependencies): Promise<void> {
  const keyrings = await readBoth(deps)
  const use = await countedUse(deps, { latest: false })
  for (const kind of KINDS) {
    deps.tell(`keyring of ${NAMES[kind]}`)
    for (const keyId of Object.keys(keyrings[kind].keyring.keys)) {
      deps.tell(
        `  ${keyId}: ${describeKey(keyrings[kind].keyring, use[kind], { keyId, now: deps.now() })}`,
      )
    }
    for (const line of strangers(keyrings[kind].keyring, use[kind])) deps.tell(`  ${line}`)
  }
}

/** Adds a key to each keyring and makes it the active one; the old ones still open what they sealed. */
export async function rotateKeys(deps: KeysDependencies): Promise<void> {
  const keyrings = await readBoth(deps)
  for (const kind of KINDS) {
    const rotated = withNewKey(keyrings[kind].keyring, deps.now())
    await deps.keyrings.replace(kind, rotated, keyrings[kind])
    deps.tell(`keyring of ${NAMES[kind]}: ${rotated.active} is active now`)
  }
  deps.tell(
    'Running containers learn of it within five minutes, or at the first token that is sealed with it.',
  )
  deps.tell(
    'Every refresh seals anew: hot connections within about 90 minutes, idle ones within 7 days.',
  )
  deps.tell('Then "npm run keys -- report" says which keys can be dropped.')
}

/**
 * Removes a key from both keyrings.
 * @param options `loseRestores`: also when a restore may still need it
 * @throws Error that says why not: it is active, in use, unknown, or may be in use in a moment or after a restore.
 */
export async function dropKey(
  deps: KeysDependencies,
  keyId: string,
  options: { readonly loseRestores: boolean },
): Promise<void> {
  const keyrings = await readBoth(deps)
  const kinds = KINDS.filter((kind) => Object.hasOwn(keyrings[kind].keyring.keys, keyId))
  if (kinds.length === 0) throw new Error(`no keyring has a key ${keyId}; see "report"`)
  for (const kind of kinds) requireSettled(deps, { kind, keyId, stored: keyrings[kind] })
  for (const kind of options.loseRestores ? [] : kinds) {
    const loss = lossOfDropping(keyrings[kind].keyring, keyId, deps.now())
    if (loss !== undefined) throw new Error(loss)
  }
  const use = await countedUse(deps, { latest: true })
  for (const kind of kinds) requireUnused(kind, keyId, use[kind])
  for (const kind of kinds) {
    const rest = withoutKey(keyrings[kind].keyring, keyId)
    await deps.keyrings.replace(kind, rest, keyrings[kind])
    deps.tell(`keyring of ${NAMES[kind]}: ${keyId} is dropped`)
  }
  deps.tell('Until the next change of the secret, its previous version still has the key.')
}

async function readBoth({ keyrings }: KeysDependencies): Promise<KindOfToken<KeyringAsRead>> {
  const [access, refresh] = await Promise.all([keyrings.read('access'), keyrings.read('refresh')])
  return { access, refresh }
}

async function countedUse(
  { sealedTokens, tell }: KeysDependencies,
  { latest }: { readonly latest: boolean },
): Promise<KeyUse> {
  tell('reading the connections…')
  return sealedTokens.countByKey({
    latest,
    progress: (connections) => tell(`  ${connections.toLocaleString('en')} read`),
  })
}

function describeKey(
  keyring: StoredKeyring,
  use: KeyUse[Kind],
  { keyId, now }: { readonly keyId: string; readonly now: Date },
): string {
  const { inUse = 0, waiting = 0 } = use[keyId] ?? {}
  const waitingFor =
    waiting > 0 ? `; ${waiting} more in connections that wait for a sign-in and never open it` : ''
  if (keyring.active === keyId) return `active, in use by ${inUse}${waitingFor}`
  if (inUse > 0) return `in use by ${inUse}${waitingFor}`
  return `unused${stillNeeded(keyring, keyId, now)}${waitingFor}`
}

/** Tokens whose key is not there: they do not open, so whoever dropped it should put it back. */
function strangers(keyring: StoredKeyring, use: KeyUse[Kind]): readonly string[] {
  return Object.entries(use)
    .filter(([keyId, { inUse }]) => inUse > 0 && !Object.hasOwn(keyring.keys, keyId))
    .map(([keyId, { inUse }]) => `${keyId}: MISSING, yet in use by ${inUse}: put it back`)
}

function requireSettled(
  { now }: KeysDependencies,
  key: { readonly kind: Kind; readonly keyId: string; readonly stored: KeyringAsRead },
): void {
  const { kind, keyId, stored } = key
  if (stored.keyring.active === keyId) {
    throw new Error(`${keyId} is the active key of ${NAMES[kind]}: rotate first`)
  }
  const settledAt = new Date(stored.changedAt.getTime() + SETTLING_MS)
  if (settledAt > now()) {
    throw new Error(
      `the keyring of ${NAMES[kind]} changed a moment ago, and a running container may still seal with ${keyId}: try again after ${settledAt.toISOString()}`,
    )
  }
}

function requireUnused(kind: Kind, keyId: string, use: KeyUse[Kind]): void {
  const { inUse = 0 } = use[keyId] ?? {}
  if (inUse === 0) return
  throw new Error(
    `${keyId} is in use by ${inUse} ${NAMES[kind]}: wait until they are refreshed (idle connections within 7 days)`,
  )
}
