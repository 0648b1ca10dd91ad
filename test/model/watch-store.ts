import type { Connection } from '../../functions/domain/connection.ts'
import { type TokenKind, tokenSealer } from '../../functions/domain/token-sealer.ts'
import type { Backend } from './backend.ts'
import type { EntraModel } from './entra-model.ts'
import type { Notes } from './notes.ts'
import type { SecretsModel } from './secrets-model.ts'
import { nameOf, type Operation } from './stage.ts'

/** What a write to a connection was for. */
export type Write =
  | 'connect'
  | 'replace'
  | 'postpone'
  | 'requireReauthorization'
  | 'setAside'
  | 'setResource'
  | 'disconnect'
  | 'remove'

/** Which status a write may lead to, if it changes the status. */
const STATUS_AFTER: Partial<Record<Write, Connection['status']>> = {
  connect: 'connected',
  requireReauthorization: 'reauthorization_required',
  setResource: 'pending',
  disconnect: 'disconnected',
}

/** Writes that store a token set, and writes that may forget it. */
const STORES: ReadonlySet<Write> = new Set(['connect', 'replace'])
const FORGETS: ReadonlySet<Write> = new Set(['disconnect', 'setResource'])

/** Watches what is stored: holds every write against what was stored before it. */
export interface StoreWatch {
  /** Watches a connection from now on. */
  follow(
    connectionId: number,
    who: { readonly name: string; readonly objectId: string },
  ): Promise<void>
  /** A write has been applied, or has found its condition not met. */
  wrote(operation: Operation, connectionId: number, write: Write): Promise<void>
  name(connectionId: number): string
  objectId(connectionId: number): string | undefined
  /** As last stored. */
  stored(connectionId: number): Connection | undefined
  /** As which `id#generation` the refresh token was stored, since an answer may have omitted a new one. */
  storedAs(refreshToken: string): readonly string[]
  /** Whether both tokens open with nothing but the keys that are the active ones now. */
  isSealedWithActiveKeys(connectionId: number): Promise<boolean>
  /** The refresh token that is stored. */
  refreshToken(connectionId: number): Promise<string | undefined>
}

export interface StoreWatchDependencies {
  readonly backend: Backend
  readonly entra: EntraModel
  readonly secrets: SecretsModel
  readonly mode: 'lenient' | 'strict'
  readonly notesOf: (operation: Operation) => Notes
  readonly expect: (holds: boolean, what: string) => void
}

interface Change {
  readonly operation: Operation
  readonly before: Connection
  readonly after: Connection
  readonly write: Write
  readonly label: string
}

export function storeWatch(deps: StoreWatchDependencies): StoreWatch {
  const { backend, entra, secrets, mode, expect } = deps
  const connections = new Map<number, Connection | undefined>()
  const followed = new Map<number, { readonly name: string; readonly objectId: string }>()
  const storedAs = new Map<string, readonly string[]>()
  const sealers = {
    access: tokenSealer('access', async () => secrets.allKeys('access')),
    refresh: tokenSealer('refresh', async () => secrets.allKeys('refresh')),
  }
  /** The same keys, taken for those of the other kind. */
  const otherKind = {
    access: tokenSealer('refresh', async () => secrets.allKeys('access')),
    refresh: tokenSealer('access', async () => secrets.allKeys('refresh')),
  }
  const name = (id: number) => followed.get(id)?.name ?? `connection ${id}`

  const open = async ({ id, generation, tokenSet }: Connection) => {
    const binding = { connectionId: id, generation }
    try {
      return {
        accessToken: await sealers.access.open(binding, tokenSet?.sealedAccessToken ?? NOTHING),
        refreshToken: await sealers.refresh.open(binding, tokenSet?.sealedRefreshToken ?? NOTHING),
      }
    } catch (error) {
      expect(false, `the token set of ${name(id)} #${generation} does not open: ${nameOf(error)}`)
      return undefined
    }
  }

  /** What was stored is one pair, for this user and environment, of the generation before it. */
  const judgeTokenSet = async (after: Connection, parent: string | undefined) => {
    const label = `${name(after.id)} #${after.generation}`
    const tokens = await open(after)
    if (tokens === undefined) return
    const issued = entra.issuedAs(tokens.accessToken)
    expect(issued?.refreshToken === tokens.refreshToken, `${label} is no pair that Entra issued`)
    expect(issued?.user.objectId === followed.get(after.id)?.objectId, `${label} is another user's`)
    expect(issued?.resource === after.resource, `${label} is for another environment`)
    expect(issued?.parent === parent, `I2 ${label} was not obtained from the generation before it`)
    const keys = storedAs.get(tokens.refreshToken) ?? []
    await judgeBinding(after)
    storedAs.set(tokens.refreshToken, [...keys, `${after.id}#${after.generation}`])
  }

  /** What is sealed opens nowhere else: in no other connection or generation, nor as the other kind. */
  const judgeBinding = async ({ id, generation, tokenSet }: Connection) => {
    const here = { connectionId: id, generation }
    for (const kind of ['access', 'refresh'] as const) {
      const sealed = sealedOf(tokenSet, kind)
      const elsewhere = [
        sealers[kind].open({ ...here, connectionId: id + 1 }, sealed),
        sealers[kind].open({ ...here, generation: generation - 1 }, sealed),
        otherKind[kind].open(here, sealed),
      ]
      const places = ['another connection', 'an older generation', 'the other kind']
      const opened = await Promise.allSettled(elsewhere)
      const wrong = places.filter((_, index) => opened[index]?.status === 'fulfilled')
      const label = `the ${kind} token of ${name(id)} #${generation} opens also as that of`
      expect(wrong.length === 0, `${label} ${wrong.join(', ')}`)
    }
  }

  const judgeStatus = async ({ operation, before, after, write, label }: Change) => {
    expect(STATUS_AFTER[write] === after.status, `I11 ${label}`)
    if (write !== 'requireReauthorization') return
    const refreshToken = (await open(before))?.refreshToken ?? ''
    const hasWord = deps.notesOf(operation).refusedTokens.has(refreshToken)
    expect(hasWord, `I4 ${label} without Entra's word about this generation`)
    // Where each refresh token serves once, one whose answer was lost is spent: the single window.
    const isOver =
      mode === 'lenient' ? entra.isGrantEnded(refreshToken) : !entra.isRedeemable(refreshToken)
    expect(isOver, `I4 ${label} while the grant is alive`)
  }

  /** I1, I2, I5, I11: what may become of the tokens. */
  const judgeTokens = async ({ before, after, write, label }: Change) => {
    const grew = after.generation - before.generation
    expect(grew === 0 || (grew === 1 && STORES.has(write)), `I1 ${label}`)
    if (grew === 0) {
      const isForgotten = FORGETS.has(write) && after.tokenSet === undefined
      expect(isForgotten || haveSameTokens(before, after), `I5 the tokens of ${label} changed`)
      return
    }
    const isSignIn = write === 'connect'
    expect(isSignIn || before.status === 'connected', `I11 ${label}`)
    await judgeTokenSet(after, isSignIn ? undefined : (await open(before))?.refreshToken)
  }

  const judge = async (change: Change) => {
    const { before, after, label } = change
    await judgeTokens(change)
    if (before.status !== after.status) await judgeStatus(change)
    const isScheduled = after.nextRefreshAt !== undefined
    const isConnected = after.status === 'connected'
    expect(isScheduled === isConnected, `I15 ${label}, on the schedule: ${isScheduled}`)
  }

  const readable = async (id: number, write: Write) => {
    try {
      return await backend.tokenSets.read(id)
    } catch (error) {
      expect(false, `I11 ${name(id)} is unreadable after ${write}: ${nameOf(error)}`)
      return undefined
    }
  }

  return {
    name,
    objectId: (id) => followed.get(id)?.objectId,
    stored: (id) => connections.get(id),
    storedAs: (refreshToken) => storedAs.get(refreshToken) ?? [],
    refreshToken: async (id) => {
      const connection = connections.get(id)
      return connection?.tokenSet && (await open(connection))?.refreshToken
    },
    isSealedWithActiveKeys: async (id) => {
      const { generation = 0, tokenSet } = connections.get(id) ?? {}
      const opened = (['access', 'refresh'] as const).map((kind) => {
        const { active, keys } = secrets.allKeys(kind)
        const onlyActive = new Map([...keys].filter(([keyId]) => keyId === active))
        const sealer = tokenSealer(kind, async () => ({ active, keys: onlyActive }))
        return sealer.open({ connectionId: id, generation }, sealedOf(tokenSet, kind))
      })
      return (await Promise.allSettled(opened)).every(({ status }) => status === 'fulfilled')
    },
    follow: async (id, who) => {
      followed.set(id, who)
      const connection = await backend.tokenSets.read(id)
      connections.set(id, connection)
      if (connection?.tokenSet) await judgeTokenSet(connection, undefined)
    },
    wrote: async (operation, id, write) => {
      const before = connections.get(id)
      const after = await readable(id, write)
      connections.set(id, after)
      const from = before ? `${before.status} #${before.generation}` : 'nothing'
      const to = after ? `${after.status} #${after.generation}` : 'nothing'
      const label = `${name(id)}: ${from} → ${to} by ${write}`
      if (before && after) await judge({ operation, before, after, write, label })
      else
        expect(after === undefined && (before === undefined || write === 'remove'), `I11 ${label}`)
    },
  }
}

const NOTHING = new Uint8Array()

function sealedOf(tokenSet: Connection['tokenSet'], kind: TokenKind): Uint8Array {
  return (kind === 'access' ? tokenSet?.sealedAccessToken : tokenSet?.sealedRefreshToken) ?? NOTHING
}

function haveSameTokens({ tokenSet: one }: Connection, { tokenSet: other }: Connection): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    Buffer.compare(one.sealedAccessToken, other.sealedAccessToken) === 0 &&
    Buffer.compare(one.sealedRefreshToken, other.sealedRefreshToken) === 0
  )
}
