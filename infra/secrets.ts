import { RemovalPolicy } from 'aws-cdk-lib'
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { ENV } from '../functions/config.ts'
import type { ServiceFunction, Variable } from './service-function.ts'

/**
 * A key as Secrets Manager can make one: 43 letters and digits, which read as base64url are 32 bytes with
 * 254 random bits. Never change it: CloudFormation would write a new version over a secret that is in use.
 */
const GENERATED_KEY = {
  passwordLength: 43,
  // One by one, and not by `excludePunctuation`, which emulators of CloudFormation do not know.
  excludeCharacters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  requireEachIncludedType: false,
} as const

const GENERATED_KEYRING: SecretStringGenerator = {
  ...GENERATED_KEY,
  secretStringTemplate: '{"active":"k1"}',
  generateStringKey: 'k1',
}

/** A signing key, and no API client yet. */
const GENERATED_API_ACCESS: SecretStringGenerator = {
  ...GENERATED_KEY,
  secretStringTemplate: '{"clients":[]}',
  generateStringKey: 'signingKey',
}

/** What a secret is for, and what it begins with: a random text that is of no use unless said otherwise. */
export interface ServiceSecretProps {
  readonly description: string
  readonly variable: Variable
  readonly generated?: SecretStringGenerator
}

/** One secret, which outlives the stack. */
export class ServiceSecret extends Construct {
  readonly secretArn: string
  readonly #variable: Variable

  constructor(scope: Construct, id: string, props: ServiceSecretProps) {
    super(scope, id)
    const secret = new Secret(this, 'Secret', {
      description: props.description,
      ...(props.generated && { generateSecretString: props.generated }),
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.secretArn = secret.secretArn
    this.#variable = props.variable
  }

  /** Lets a function read the value, and tells it where. */
  grantRead(fn: ServiceFunction): void {
    fn.permit({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secretArn] })
    fn.set(this.#variable, this.secretArn)
  }

  /** Lets a function replace the value by Secrets Manager's rotation, and tells it where. */
  grantRotate(fn: ServiceFunction): void {
    const actions = [
      'DescribeSecret',
      'GetSecretValue',
      'PutSecretValue',
      'UpdateSecretVersionStage',
    ]
    fn.permit({
      actions: actions.map((action) => `secretsmanager:${action}`),
      resources: [this.secretArn],
    })
    fn.set(this.#variable, this.secretArn)
  }
}

/** Everything secret, apart by who may read it. Kept when the stack goes: the tokens need the keys. */
export class Secrets extends Construct {
  readonly appCredential = new ServiceSecret(this, 'AppCredential', {
    description:
      'dynamics-connect: the app registered with Microsoft, and its client secret or certificate',
    variable: ENV.appCredentialSecret,
  })

  readonly accessTokenKeyring = new ServiceSecret(this, 'AccessTokenKeyring', {
    description: 'dynamics-connect: the keys that seal access tokens; without them none opens',
    variable: ENV.accessTokenKeyringSecret,
    generated: GENERATED_KEYRING,
  })

  readonly refreshTokenKeyring = new ServiceSecret(this, 'RefreshTokenKeyring', {
    description:
      'dynamics-connect: the keys that seal refresh tokens; without them all sign in again',
    variable: ENV.refreshTokenKeyringSecret,
    generated: GENERATED_KEYRING,
  })

  readonly apiAccess = new ServiceSecret(this, 'ApiAccess', {
    description: 'dynamics-connect: signing key of bearer tokens and the API clients, hashed',
    variable: ENV.apiAccessSecret,
    generated: GENERATED_API_ACCESS,
  })
}
