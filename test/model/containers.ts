import { secretsManagerAppCredentials } from '../../functions/adapters/secrets-manager-app-credentials.ts'
import { secretsManagerKeyring } from '../../functions/adapters/secrets-manager-keyring.ts'
import type { AppCredentials } from '../../functions/domain/app-credentials.ts'
import { type TokenSealer, tokenSealer } from '../../functions/domain/token-sealer.ts'
import { SECRETS, type SecretsModel } from './secrets-model.ts'
import type { Operation, Stage } from './stage.ts'

/** What one container of a function keeps between its invocations, of which it serves one at a time. */
export interface Container {
  readonly appCredentials: AppCredentials
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  /** The invocation that it serves. */
  serves: Operation | undefined
  /** Reads of secrets that have not been answered. */
  reading: number
}

/** The containers of one function. */
export interface Containers {
  /** A container that is idle, or else a cold one. */
  take(): Container
  /**
   * Takes it back from an invocation that has answered; one that crashed is gone. One that was frozen
   * while it read a secret is left out: what becomes of such a read is the network's to say.
   */
  giveBack(container: Container): void
  /** The idle ones are gone, as after a deployment. */
  startAnew(): void
}

export function containers(stage: Stage, secrets: SecretsModel): Containers {
  const idle: Container[] = []
  return {
    take: () => idle.pop() ?? coldContainer(stage, secrets),
    giveBack: (container) => {
      container.serves = undefined
      if (container.reading === 0) idle.push(container)
    },
    startAnew: () => {
      idle.length = 0
    },
  }
}

/** Reads the secrets as the functions do, with the adapters that they use. */
function coldContainer(stage: Stage, secrets: SecretsModel): Container {
  const { now } = stage
  const client = secrets.client(async (label, effect) => {
    if (container.serves === undefined) throw new TypeError('an idle container reads a secret')
    container.reading += 1
    const done = () => {
      container.reading -= 1
    }
    return stage.call(container.serves, label, effect).finally(done)
  })
  const keyring = (secretArn: string) => secretsManagerKeyring(client, { secretArn, now })
  const container: Container = {
    appCredentials: secretsManagerAppCredentials(client, {
      secretArn: SECRETS.app,
      readIdentityToken: () => Promise.reject(new TypeError('this app has a client secret')),
      tellNewestRejected: () => undefined,
      now,
    }),
    accessTokens: tokenSealer('access', keyring(SECRETS.access)),
    refreshTokens: tokenSealer('refresh', keyring(SECRETS.refresh)),
    serves: undefined,
    reading: 0,
  }
  return container
}
