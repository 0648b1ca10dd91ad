import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { LOCAL_ACCOUNT } from './lambda-runtime.ts'
import { StartError } from './start-error.ts'

/** A label that is on one version of a secret at a time; any other label is allowed as well. */
export const STAGE = {
  current: 'AWSCURRENT',
  previous: 'AWSPREVIOUS',
} as const

/** One version of a secret. */
export interface SecretVersion {
  readonly id: string
  readonly secretString: string
  readonly stages: readonly string[]
  /** Seconds since 1970, as on the wire. */
  readonly createdAt: number
}

/** One secret with all its versions, the oldest first. */
export interface Secret {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  readonly versions: readonly SecretVersion[]
}

/** Secrets in one file that only its owner may read. */
export interface SecretsStore {
  /** By name or ARN. */
  find(secretId: string): Secret | undefined
  save(secret: Secret): void
}

/** Opens the file, or starts an empty one with the first secret that is saved. */
export function openSecretsStore(file: string): SecretsStore {
  const secrets = new Map(read(file).map((secret) => [secret.name, secret]))
  return {
    find: (secretId) =>
      secrets.get(secretId) ?? [...secrets.values()].find(({ arn }) => arn === secretId),
    save: (secret) => {
      secrets.set(secret.name, secret)
      write(file, [...secrets.values()])
    },
  }
}

/** A secret without a version yet; six random characters end its ARN, as at AWS. */
export function newSecret(name: string, now: Date): Secret {
  const suffix = randomBytes(3).toString('hex')
  return {
    name,
    arn: `arn:aws:secretsmanager:us-east-1:${LOCAL_ACCOUNT}:secret:${name}-${suffix}`,
    createdAt: secondsOf(now),
    versions: [],
  }
}

/**
 * Adds a version and moves its labels to it. Whoever loses AWSCURRENT becomes AWSPREVIOUS; a version
 * without any label is forgotten.
 */
export function withVersion(
  secret: Secret,
  added: Omit<SecretVersion, 'createdAt'>,
  now: Date,
): Secret {
  const unlabelled: SecretVersion = { ...added, stages: [], createdAt: secondsOf(now) }
  const versions = [...secret.versions, unlabelled]
  const labelled = added.stages.reduce<Secret>(
    (before, stage) => movedLabel(before, { stage, to: added.id }),
    { ...secret, versions },
  )
  return withoutForgotten(labelled)
}

/** Moves one label, or takes it away; the version that loses AWSCURRENT to another becomes AWSPREVIOUS. */
export function withLabel(
  secret: Secret,
  move: { readonly stage: string; readonly to: string | undefined },
): Secret {
  return withoutForgotten(movedLabel(secret, move))
}

function movedLabel(
  secret: Secret,
  { stage, to }: { readonly stage: string; readonly to: string | undefined },
): Secret {
  const holder = secret.versions.find(({ stages }) => stages.includes(stage))
  const versions = secret.versions.map((version) => {
    const others = version.stages.filter((label) => label !== stage)
    return { ...version, stages: version.id === to ? [...others, stage] : others }
  })
  const moved = { ...secret, versions }
  const isDemoted = stage === STAGE.current && holder !== undefined && holder.id !== to
  return isDemoted ? movedLabel(moved, { stage: STAGE.previous, to: holder.id }) : moved
}

function withoutForgotten(secret: Secret): Secret {
  return { ...secret, versions: secret.versions.filter(({ stages }) => stages.length > 0) }
}

function secondsOf(time: Date): number {
  return time.getTime() / 1000
}

/** The file is written by this program alone, so its shape is taken as it is. */
function read(file: string): readonly Secret[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  try {
    return JSON.parse(text) as readonly Secret[]
  } catch (error) {
    throw new StartError(
      `${file} is damaged: delete it, and the folder around it, to start afresh`,
      {
        cause: error,
      },
    )
  }
}

/** All or nothing: a half-written file would lose the keys of every stored token. */
function write(file: string, secrets: readonly Secret[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.next`
  writeFileSync(next, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(next, file)
}
