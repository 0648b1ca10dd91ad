import { RemovalPolicy } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { ENV } from '../functions/config.ts'
import type { ServiceFunction, Variable } from './service-function.ts'

/** One secret, created with a random placeholder that `npm run setup` replaces. */
export class ServiceSecret extends Construct {
  readonly secretArn: string
  readonly #variable: Variable

  constructor(scope: Construct, id: string, props: { description: string; variable: Variable }) {
    super(scope, id)
    const secret = new Secret(this, 'Secret', {
      description: props.description,
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
}

/** Everything secret, apart by who may read it. Kept when the stack goes: the tokens need the keys. */
export class Secrets extends Construct {
  readonly appCredential = new ServiceSecret(this, 'AppCredential', {
    description:
      'dynamics-connect: client id and client secret of the app registered with Microsoft',
    variable: ENV.appCredentialSecret,
  })

  readonly accessTokenKeyring = new ServiceSecret(this, 'AccessTokenKeyring', {
    description: 'dynamics-connect: the keys that seal access tokens; without them none opens',
    variable: ENV.accessTokenKeyringSecret,
  })

  readonly refreshTokenKeyring = new ServiceSecret(this, 'RefreshTokenKeyring', {
    description:
      'dynamics-connect: the keys that seal refresh tokens; without them all sign in again',
    variable: ENV.refreshTokenKeyringSecret,
  })

  readonly apiAccess = new ServiceSecret(this, 'ApiAccess', {
    description: 'dynamics-connect: signing key of bearer tokens and the API clients, hashed',
    variable: ENV.apiAccessSecret,
  })
}
