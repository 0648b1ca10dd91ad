import { randomBytes } from 'node:crypto'
import { awsAnswer } from '../support/other-upstreams.ts'
import type { SweepRow } from '../support/sweep-rows.ts'
import {
  type AwsFault,
  cutShort,
  PASSING_AWS_FAULTS,
  SLOW_AWS_FAULTS,
  USUAL_AWS_FAULTS,
} from './aws-answers.ts'

const key = (bytes: number) => randomBytes(bytes).toString('base64url')

const value = (name: string, SecretString: unknown): AwsFault => ({
  name: `the secret is ${name}`,
  answer: awsAnswer(200, { ARN: 'x', Name: 'x', SecretString, VersionId: 'x' }),
})

/** What a secret may hold in place of what it should. */
const COMMON_VALUES: readonly AwsFault[] = [
  value('empty', ''),
  value('blank', ' \n'),
  value('no JSON', 'client-secret: none'),
  value('half a JSON', '{"clientId":"x","clientSecret":"'),
  value('an array', '[]'),
  value('null', 'null'),
  value('an empty object', '{}'),
  value('a placeholder', '{"clientId":"","clientSecret":"","active":"","keys":{},"signingKey":""}'),
  value('64 KB of noise', key(48_000)),
  {
    name: 'the secret is binary',
    answer: awsAnswer(200, { ARN: 'x', SecretBinary: Buffer.from('{}').toString('base64') }),
  },
]

const KEYRING_VALUES: readonly AwsFault[] = [
  value(
    'a keyring without the active key',
    JSON.stringify({ active: 'k2', keys: { k1: key(32) } }),
  ),
  value('a keyring with a short key', JSON.stringify({ active: 'k1', keys: { k1: key(16) } })),
  value('a keyring without active', JSON.stringify({ keys: { k1: key(32) } })),
  value('a keyring whose keys are a list', JSON.stringify({ active: 'k1', keys: [key(32)] })),
]

const CREDENTIAL_VALUES: readonly AwsFault[] = [
  value('a client id alone', '{"clientId":"x"}'),
  value('a client secret alone', '{"clientSecret":"x"}'),
  value('a client secret that is a number', '{"clientId":"x","clientSecret":42}'),
]

const API_VALUES: readonly AwsFault[] = [
  value('a signing key alone', JSON.stringify({ signingKey: key(32) })),
  value('a short signing key', JSON.stringify({ signingKey: key(8), clients: [] })),
  value(
    'a client without a hash',
    JSON.stringify({ signingKey: key(32), clients: [{ clientId: 'partner' }] }),
  ),
]

/** One secret, and who cannot do without it. */
interface Secret {
  readonly name: string
  readonly values: readonly AwsFault[]
  readonly faults: readonly AwsFault[]
  readonly outcome: 'error' | 'refreshed'
  readonly serves: 200 | 503
}

const SECRETS: readonly Secret[] = [
  {
    name: 'app-credential',
    values: CREDENTIAL_VALUES,
    faults: USUAL_AWS_FAULTS,
    outcome: 'error',
    serves: 200,
  },
  {
    name: 'refresh-keyring',
    values: KEYRING_VALUES,
    faults: USUAL_AWS_FAULTS,
    outcome: 'error',
    serves: 200,
  },
  {
    name: 'access-keyring',
    values: KEYRING_VALUES,
    faults: USUAL_AWS_FAULTS,
    outcome: 'error',
    serves: 503,
  },
  {
    name: 'api-access',
    values: API_VALUES,
    faults: USUAL_AWS_FAULTS,
    outcome: 'refreshed',
    serves: 503,
  },
]

/** Without a secret nothing is asked of Microsoft: what it issued could not be kept. */
export const secretRows: readonly SweepRow[] = SECRETS.flatMap((secret) => {
  const { outcome, serves } = secret
  const target = `Secrets Manager, ${secret.name}`
  const at = `secret: ${secret.name}`
  const tokenRequests = outcome === 'refreshed' ? 1 : 0
  const broken = [...SLOW_AWS_FAULTS, ...secret.faults, ...COMMON_VALUES, ...secret.values]
  return [
    ...broken.map(
      ({ name, answer }): SweepRow => ({
        target,
        name,
        faults: [{ at, answer }],
        outcome,
        serves,
        tokenRequests,
      }),
    ),
    {
      target,
      name: 'cut short',
      faults: [{ at, answer: cutShort }],
      outcome,
      serves,
      tokenRequests,
    },
    ...PASSING_AWS_FAULTS.map(
      ({ name, answer }): SweepRow => ({
        target,
        name: `${name}, once`,
        faults: [{ at, answer, times: 1 }],
        outcome: 'refreshed',
      }),
    ),
  ]
})
