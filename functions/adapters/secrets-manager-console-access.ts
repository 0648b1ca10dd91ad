import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../domain/clock.ts'
import {
  type ConsoleAccess,
  type ConsoleAccessStore,
  consoleAccessOf,
  type StoredConsoleAccess,
  withoutFirstSignIn,
  withProvider,
} from '../domain/console-access.ts'
import { ServiceError } from '../domain/service-error.ts'
import { cachedSecret } from './cached-secret.ts'
import { changeSecret } from './change-secret.ts'
import { jsonObjectOf } from './json-object.ts'
import { oneSecret } from './secret-versions.ts'

const EXPECTED = '{"clientId":"console","clientSecret":"<43 random letters and digits>"}'

export function secretsManagerConsoleAccess(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): ConsoleAccessStore {
  const words = 'who may use the console could not be read or changed; try again in a moment'
  const secret = oneSecret(client, { secretArn, words })
  const newReader = () => cachedSecret({ client, secretArn, parse, expected: EXPECTED, now })
  let reader = newReader()

  const change = async (make: (stored: StoredConsoleAccess) => StoredConsoleAccess) => {
    await changeSecret(secret, (text) => {
      const stored = jsonObjectOf(text)
      if (stored !== undefined) return { text: JSON.stringify(make(stored)), outcome: undefined }
      throw new ServiceError(`fill the secret with ${EXPECTED}`, {
        code: 'secret_unreadable',
        evidence: { secret: secretArn },
      })
    })
    // What was kept in memory is what was stored before.
    reader = newReader()
  }

  return {
    read: (options) => reader(options),
    closeFirstSignIn: () => change(withoutFirstSignIn),
    saveProvider: (provider) => change((stored) => withProvider(stored, provider)),
    removeProvider: () => change((stored) => withProvider(stored, undefined)),
  }
}

function parse(text: string): ConsoleAccess | undefined {
  const stored = jsonObjectOf(text)
  return stored && consoleAccessOf(stored)
}
