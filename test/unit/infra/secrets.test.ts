import { describe, expect, test } from 'vitest'
import { secretsManagerApiAccess } from '../../../functions/adapters/secrets-manager-api-access.ts'
import { secretsManagerConsoleAccess } from '../../../functions/adapters/secrets-manager-console-access.ts'
import { secretsManagerKeyring } from '../../../functions/adapters/secrets-manager-keyring.ts'
import { tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { handClock } from '../../fakes/hand-clock.ts'
import { SECRET_ARN, secretsServer } from '../adapters/secrets-server.ts'
import { resourcesOf, synthesized } from './synthesized.ts'

interface SecretProperties {
  readonly GenerateSecretString: {
    readonly SecretStringTemplate?: string
    readonly GenerateStringKey?: string
    readonly PasswordLength?: number
    readonly ExcludeCharacters?: string
    readonly RequireEachIncludedType?: boolean
  }
}

const secrets = [
  ...resourcesOf<SecretProperties>(synthesized(), 'AWS::SecretsManager::Secret'),
] as const
const reader = { secretArn: SECRET_ARN, now: handClock().now }

function generationOf(name: string): SecretProperties['GenerateSecretString'] {
  const [, properties] = secrets.find(([id]) => id.startsWith(`Secrets${name}Secret`)) ?? []
  return properties?.GenerateSecretString ?? {}
}

/** What Secrets Manager makes of it: the template, with one member more. */
function generated(name: string): object {
  const {
    SecretStringTemplate = '{}',
    GenerateStringKey = '',
    PasswordLength = 0,
  } = generationOf(name)
  const password = 'xY7'.repeat(PasswordLength).slice(0, PasswordLength)
  return { ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: password }
}

describe('a deployment', () => {
  test.each(['AccessTokenKeyring', 'RefreshTokenKeyring'])('makes a working %s', async (name) => {
    const { client } = await secretsServer(generated(name))
    const sealer = tokenSealer('access', secretsManagerKeyring(client, reader))
    const binding = { connectionId: 1, generation: 1 }
    expect(await sealer.open(binding, await sealer.seal(binding, 'a token'))).toBe('a token')
  })

  test('makes the signing key, and no API client', async () => {
    const { client } = await secretsServer(generated('ApiAccess'))
    const { signingKey, clients } = await secretsManagerApiAccess(client, reader)()
    expect(signingKey.symmetricKeySize).toBe(32)
    expect(clients).toEqual([])
  })

  test('makes the first sign-in to the console, and no provider of people', async () => {
    const { client } = await secretsServer(generated('ConsoleAccess'))
    const { firstSignIn, provider } = await secretsManagerConsoleAccess(client, reader).read()
    expect(firstSignIn).toEqual({ clientId: 'console', clientSecret: expect.any(String) })
    expect(firstSignIn?.clientSecret).toHaveLength(43)
    expect(provider).toBeUndefined()
  })

  test('leaves nothing but letters and digits to a key, for it is read as base64url', () => {
    const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
    const { ExcludeCharacters = '' } = generationOf('ApiAccess')
    const left = printable.filter((character) => !ExcludeCharacters.includes(character))
    expect(left.join('')).toMatch(/^[0-9A-Za-z]{62}$/)
  })

  // CloudFormation writes a new version over a secret in use when any of this changes.
  test.each([
    ['AccessTokenKeyring', '{"active":"k1"}', 'k1'],
    ['RefreshTokenKeyring', '{"active":"k1"}', 'k1'],
    ['ApiAccess', '{"clients":[]}', 'signingKey'],
    ['ConsoleAccess', '{"clientId":"console"}', 'clientSecret'],
  ])('generates %s as it always did', (name, SecretStringTemplate, GenerateStringKey) => {
    expect(generationOf(name)).toEqual({
      SecretStringTemplate,
      GenerateStringKey,
      PasswordLength: 43,
      ExcludeCharacters: expect.any(String),
      RequireEachIncludedType: false,
    })
  })
})
