import { Validations } from 'aws-cdk-lib'
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { ENV } from '../functions/config.ts'
import type { Keeping } from './keeping.ts'
import type { ServiceFunction, Variable } from './service-function.ts'
import type { StackKey } from './stack-key.ts'

/** What a secret is for, and how it is kept. */
export interface ServiceSecretProps {
  readonly description: string
  readonly variable: Variable
  /** What it begins with; a random text that is of no use unless said otherwise. */
  readonly generated?: SecretStringGenerator
  /** Why Secrets Manager does not rotate it; left out for one that it does. */
  readonly notRotated?: string
  readonly keeping: Keeping
}

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

/** The first sign-in to the console, which whoever may read it in AWS may use. */
const GENERATED_CONSOLE_ACCESS: SecretStringGenerator = {
  ...GENERATED_KEY,
  secretStringTemplate: '{"clientId":"console"}',
  generateStringKey: 'clientSecret',
}

/** Writing a new version beside the one that was read, and putting it in its place. */
const CHANGE_ACTIONS = ['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'] as const

/** One secret, which is created with its first value. */
export class ServiceSecret extends Construct {
  readonly secretArn: string
  readonly #variable: Variable
  readonly #key: StackKey | undefined

  constructor(scope: Construct, id: string, props: ServiceSecretProps) {
    super(scope, id)
    const { removalPolicy, key } = props.keeping
    const secret = new Secret(this, 'Secret', {
      description: props.description,
      ...(props.generated && { generateSecretString: props.generated }),
      removalPolicy,
      ...(key === undefined ? {} : { encryptionKey: key.key }),
    })
    if (props.notRotated !== undefined) {
      Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: props.notRotated })
    }
    this.secretArn = secret.secretArn
    this.#variable = props.variable
    this.#key = key
  }

  /** Lets a function read the value, and tells it where. */
  grantRead(fn: ServiceFunction): void {
    fn.permit({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secretArn] })
    this.#key?.grantThrough('secretsmanager', fn, 'Decrypt')
    fn.set(this.#variable, this.secretArn)
  }

  /** Lets a function replace the value by Secrets Manager's rotation, and tells it where. */
  grantRotate(fn: ServiceFunction): void {
    this.#grantAll(fn, ['DescribeSecret', ...CHANGE_ACTIONS])
  }

  /** Lets a function read the value and change it without losing another's change, and tells it where. */
  grantChange(fn: ServiceFunction): void {
    this.#grantAll(fn, CHANGE_ACTIONS)
  }

  /**
   * Lets a function replace the value, which it never reads, and tells it where. Secrets Manager wants to
   * decrypt by the key of a secret that it writes; by that alone no value is read.
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
   */
  grantWrite(fn: ServiceFunction): void {
    this.#grantAll(fn, ['PutSecretValue'])
  }

  #grantAll(fn: ServiceFunction, actions: readonly string[]): void {
    fn.permit({
      actions: actions.map((action) => `secretsmanager:${action}`),
      resources: [this.secretArn],
    })
    this.#key?.grantThrough('secretsmanager', fn, 'Decrypt', 'GenerateDataKey')
    fn.set(this.#variable, this.secretArn)
  }
}

const KEYRING_NOT_ROTATED = 'keyRotationDays is 0: npm run keys adds keys and drops them'

export interface SecretsProps {
  readonly keeping: Keeping
  /** Whether Secrets Manager has a key added to the keyrings on a schedule. */
  readonly rotatesKeyrings: boolean
}

/** Everything secret, apart by who may read it. Kept when the stack goes: the tokens need the keys. */
export class Secrets extends Construct {
  readonly appCredential: ServiceSecret
  readonly accessTokenKeyring: ServiceSecret
  readonly refreshTokenKeyring: ServiceSecret
  readonly apiAccess: ServiceSecret
  readonly consoleAccess: ServiceSecret

  constructor(scope: Construct, id: string, props: SecretsProps) {
    super(scope, id)
    const { keeping } = props
    const keyring = {
      generated: GENERATED_KEYRING,
      keeping,
      ...(props.rotatesKeyrings ? {} : { notRotated: KEYRING_NOT_ROTATED }),
    }
    this.appCredential = new ServiceSecret(this, 'AppCredential', {
      description:
        'dynamics-connect: the app registered with Microsoft, and its client secret or certificate',
      variable: ENV.appCredentialSecret,
      notRotated: 'Microsoft issues it, to a person who signs in there',
      keeping,
    })
    this.accessTokenKeyring = new ServiceSecret(this, 'AccessTokenKeyring', {
      description: 'dynamics-connect: the keys that seal access tokens; without them none opens',
      variable: ENV.accessTokenKeyringSecret,
      ...keyring,
    })
    this.refreshTokenKeyring = new ServiceSecret(this, 'RefreshTokenKeyring', {
      description:
        'dynamics-connect: the keys that seal refresh tokens; without them all sign in again',
      variable: ENV.refreshTokenKeyringSecret,
      ...keyring,
    })
    this.apiAccess = new ServiceSecret(this, 'ApiAccess', {
      description: 'dynamics-connect: signing key of bearer tokens and the API clients, hashed',
      variable: ENV.apiAccessSecret,
      generated: GENERATED_API_ACCESS,
      notRotated:
        'a new signing key would refuse every bearer token that is out, and its clients, hashed, change when the partner changes them',
      keeping,
    })
    this.consoleAccess = new ServiceSecret(this, 'ConsoleAccess', {
      description:
        'dynamics-connect: the first sign-in to the console, and the OpenID provider of its people',
      variable: ENV.consoleAccessSecret,
      generated: GENERATED_CONSOLE_ACCESS,
      notRotated:
        'the first sign-in is closed once there is another way in, which a rotation would open again, and the OpenID provider issues its own client secret',
      keeping,
    })
  }
}
