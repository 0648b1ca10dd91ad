import { Stack } from 'aws-cdk-lib'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { ServiceSecret } from './secrets.ts'
import type { ServiceFunction } from './service-function.ts'

/** What is rotated, by whom and how often. */
export interface KeyringRotationProps {
  readonly rotation: ServiceFunction
  readonly keyrings: Readonly<Record<string, ServiceSecret>>
  readonly days: number
}

/** Adds a key to each keyring on a schedule; Secrets Manager calls the function for it. */
export class KeyringRotation extends Construct {
  constructor(scope: Construct, id: string, { rotation, keyrings, days }: KeyringRotationProps) {
    super(scope, id)
    for (const [name, keyring] of Object.entries(keyrings)) {
      keyring.grantRotate(rotation)
      this.#schedule(name, { rotation, keyring, days })
    }
  }

  #schedule(
    name: string,
    plan: {
      readonly rotation: ServiceFunction
      readonly keyring: ServiceSecret
      readonly days: number
    },
  ): void {
    const { rotation, keyring, days } = plan
    const permission = new Construct(this, `${name}Permission`)
    rotation.lambda.addPermission('Invoke', {
      scope: permission,
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceArn: keyring.secretArn,
      sourceAccount: Stack.of(this).account,
    })
    const schedule = new CfnRotationSchedule(this, `${name}Schedule`, {
      secretId: keyring.secretArn,
      rotationLambdaArn: rotation.lambda.functionArn,
      rotationRules: { automaticallyAfterDays: days },
      // Else every deployment that touches the schedule would add a key.
      rotateImmediatelyOnUpdate: false,
    })
    // Secrets Manager tries the function when the schedule is made.
    schedule.node.addDependency(permission)
  }
}
