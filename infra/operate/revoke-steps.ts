import type { Connection } from '../../functions/domain/connection.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import { STACK_NAME } from '../outputs.ts'
import { wordsOf } from '../run-command.ts'
import { type Confirming, requireConfirmation } from './confirmation.ts'

/** A connection, as far as it takes to forget its tokens. */
export type HeldConnection = Pick<Connection, 'id' | 'accountId'>

/** What still holds tokens. */
export interface HeldTokens {
  /** Connections of one account, or all, read as they are taken. */
  connections(accountId: string | undefined): AsyncIterable<HeldConnection>
  /** Ends every sign-in that is under way, with the tokens that it may hold; answers how many. */
  endSignIns(): Promise<number>
}

export interface RevokeDependencies {
  readonly held: HeldTokens
  readonly connections: Pick<Connections, 'disconnect'>
  /** Waits for the turn of the next one. */
  readonly pace: () => Promise<void>
  readonly clientId: () => Promise<string | undefined>
  readonly confirming: Confirming
  readonly tell: (line: string) => void
}

export interface RevokeWishes {
  /** One account's connections; those of everybody when absent. */
  readonly accountId: string | undefined
  /** The word, as it was given beforehand. */
  readonly confirmed: string | undefined
}

/** How many are written at the same time; the pace bounds what they do together. */
const CONCURRENCY = 32

/** How often whoever waits is told. */
const TELL_EVERY = 1000

/**
 * Forgets the tokens of connections, each as the API's deauthenticate does, so that no refresh that is
 * running puts them back. What was forgotten before is not touched again: whatever ends this, the same
 * command goes on where it was.
 * @throws Error that says how many are left.
 */
export async function revoke(deps: RevokeDependencies, wishes: RevokeWishes): Promise<void> {
  const { accountId } = wishes
  await requireConfirmation(deps.confirming, {
    word: accountId ?? STACK_NAME,
    given: wishes.confirmed,
    option: '--yes-revoke',
  })
  if (accountId === undefined) {
    deps.tell(`${await deps.held.endSignIns()} sign-ins under way were ended`)
  }
  const { revoked, failures } = await revokeEach(deps, accountId)
  deps.tell(`${revoked.toLocaleString('en')} connections were disconnected`)
  tellWhatIsLeft(deps, await deps.clientId())
  if (failures.length > 0) {
    throw new Error(
      `${failures.length} could not be disconnected (${failures[0]}): run the same command again`,
    )
  }
}

async function revokeEach(
  deps: RevokeDependencies,
  accountId: string | undefined,
): Promise<{ readonly revoked: number; readonly failures: readonly string[] }> {
  const held = deps.held.connections(accountId)[Symbol.asyncIterator]()
  const failures: string[] = []
  let revoked = 0
  const work = async (): Promise<void> => {
    for (let step = await held.next(); !step.done; step = await held.next()) {
      await deps.pace()
      const failure = await failureOf(deps, step.value)
      if (failure !== undefined) failures.push(failure)
      else revoked += 1
      if (failure === undefined && revoked % TELL_EVERY === 0) {
        deps.tell(`  ${revoked.toLocaleString('en')} so far`)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return { revoked, failures }
}

/** One that cannot be disconnected keeps no other. */
async function failureOf(
  { connections }: RevokeDependencies,
  connection: HeldConnection,
): Promise<string | undefined> {
  try {
    await connections.disconnect(connection)
    return undefined
  } catch (error) {
    return `connection ${connection.id}: ${wordsOf(error)}`
  }
}

function tellWhatIsLeft({ tell }: RevokeDependencies, clientId = '<client id>'): void {
  tell('What this cannot do:')
  tell(
    '  Access tokens that were handed out work at Microsoft until they end, in 90 minutes at most.',
  )
  tell('  A sign-in that was being completed may have connected: run this again in a minute.')
  tell(
    '  A refresh token that somebody else has lives on at Microsoft, for whoever has a credential of',
  )
  tell(
    '  your app as well. To end that for all customers at once, delete the credentials of the app:',
  )
  tell(`    az ad app credential list --id ${clientId} --query "[].keyId" --output tsv`)
  tell(`    az ad app credential delete --id ${clientId} --key-id <each of them>`)
  tell('  An administrator of a customer takes the consent back, with all refresh tokens, by:')
  tell(`    az ad sp delete --id ${clientId}`)
}
