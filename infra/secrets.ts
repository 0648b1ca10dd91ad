import { Validations } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { ENV } from '../functions/config.ts'
import type { Keeping } from './keeping.ts'
import type { ServiceFunction, Variable } from './service-function.ts'
import type { StackKey } from './stack-key.ts'

/** What a secret is for, and how it is kept. */
export interface ServiceSecretProps {
  readonly description: string
  readonly variable: Variable
  /** Why Secrets Manager does not rotate it; left out for one that it does. */
  readonly notRotated?: string
  readonly keeping: Keeping
}

/** One secret, created with a random placeholder that `npm run setup` replaces. */
export class ServiceSecret extends Construct {
  readonly secretArn: string
  readonly #variable: Variable
  readonly #key: StackKey | undefined

  constructor(scope: Construct, id: string, props: ServiceSecretProps) {
    super(scope, id)
    const { removalPolicy, key } = props.keeping
    const secret = new Secret(this, 'Secret', {
      description: props.description,
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
}

const KEYRING_NOT_ROTATED =
  'old keys have to stay until no token needs them, so npm run keys adds and drops them'

/** Everything secret, apart by who may read it. Kept when the stack goes: the tokens need the keys. */
export class Secrets extends Construct {
  readonly appCredential: ServiceSecret
  readonly accessTokenKeyring: ServiceSecret
  readonly refreshTokenKeyring: ServiceSecret
  readonly apiAccess: ServiceSecret

  constructor(scope: Construct, id: string, keeping: Keeping) {
    super(scope, id)
    this.appCredential = new ServiceSecret(this, 'AppCredential', {
      description:
        'dynamics-connect: client id and client secret of the app registered with Microsoft',
      variable: ENV.appCredentialSecret,
      notRotated: 'Microsoft issues it, to a person who signs in there',
      keeping,
    })
    this.accessTokenKeyring = new ServiceSecret(this, 'AccessTokenKeyring', {
      description: 'dynamics-connect: the keys that seal access tokens; without them none opens',
      variable: ENV.accessTokenKeyringSecret,
      notRotated: KEYRING_NOT_ROTATED,
      keeping,
    })
    this.refreshTokenKeyring = new ServiceSecret(this, 'RefreshTokenKeyring', {
      description:
        'dynamics-connect: the keys that seal refresh tokens; without them all sign in again',
      variable: ENV.refreshTokenKeyringSecret,
      notRotated: KEYRING_NOT_ROTATED,
      keeping,
    })
    this.apiAccess = new ServiceSecret(this, 'ApiAccess', {
      description: 'dynamics-connect: signing key of bearer tokens and the API clients, hashed',
      variable: ENV.apiAccessSecret,
      notRotated:
        'a new signing key would refuse every bearer token that is out, and its clients, hashed, change when the partner changes them',
      keeping,
    })
  }
}
