import { describe, expect, test } from 'vitest'
import { registeredAppOf } from '../../../functions/domain/partner-settings.ts'
import {
  type AppCredentialValue,
  knownAppCredentialOf,
} from '../../../functions/domain/stored-app-credential.ts'
import { at } from '../../fakes/hand-clock.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'

const clientId = '11111111-2222-4333-8444-555555555555'
const { pem, keyPem } = selfSigned()

describe('what may be shown of an app', () => {
  const endsAt = new Date('2036-01-01')
  const rows: [AppCredentialValue, object][] = [
    [
      { clientId, clientSecret: 'canary', endsOn: '2036-01-01' },
      { kind: 'client_secret', endsAt },
    ],
    [
      { clientId, clientSecret: 'canary' },
      { kind: 'client_secret', endsAt: undefined },
    ],
    [
      { clientId, certificate: pem, privateKey: keyPem },
      { kind: 'certificate', endsAt },
    ],
    [
      { clientId, federated: true },
      { kind: 'federated', endsAt: undefined },
    ],
    [
      { clientId, certificate: 'none', privateKey: 'canary' },
      { kind: undefined, endsAt: undefined },
    ],
  ]

  test.each(rows)('row %#: is how it proves itself and until when, and nothing else', (...row) => {
    const [credential, shown] = row
    const expected = { clientId, ...shown, changedAt: at(0) }
    expect(registeredAppOf(credential, at(0))).toStrictEqual(expected)
    const known = knownAppCredentialOf(credential)
    if (known) expect(registeredAppOf(known, at(0))).toStrictEqual(expected)
  })
})
