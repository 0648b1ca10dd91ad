import { ArnFormat, type RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { ServiceFunction } from './service-function.ts'

/** A service of AWS that uses the key for whoever may ask it to. */
export type KeyUser = 'dynamodb' | 'secretsmanager'

/** Reading takes Decrypt. Writing a secret takes both; writing an item does not. */
export type KeyAction = 'Decrypt' | 'GenerateDataKey'

/**
 * A KMS key of the partner's for the tables, the secrets and the logs. Without it none of them can be
 * read again, backups included, so it goes only when they do.
 */
export class StackKey extends Construct {
  readonly key: IKey

  /** @param props `existingArn`: that of a stack key which was kept, whose policy is as this one's */
  constructor(
    scope: Construct,
    id: string,
    props: { readonly removalPolicy: RemovalPolicy; readonly existingArn: string | undefined },
  ) {
    super(scope, id)
    this.key =
      props.existingArn === undefined
        ? this.#newKey(props.removalPolicy)
        : Key.fromKeyArn(this, 'Existing', props.existingArn)
  }

  /**
   * Lets a function use the key through one service, and never by itself. To write items, reading is
   * enough: DynamoDB makes the keys of a table by a grant of its own.
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
   */
  grantThrough(service: KeyUser, fn: ServiceFunction, ...actions: readonly KeyAction[]): void {
    fn.permit({
      actions: actions.map((action) => `kms:${action}`),
      resources: [this.key.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` },
      },
    })
  }

  #newKey(removalPolicy: RemovalPolicy): Key {
    const key = new Key(this, 'Key', {
      description: `${Stack.of(this).stackName}: tables, secrets and logs`,
      enableKeyRotation: true,
      removalPolicy,
    })
    key.addToResourcePolicy(this.#logsOfTheStack())
    return key
  }

  /** CloudWatch Logs encrypts for this stack's log groups alone, whose names begin like the stack's. */
  #logsOfTheStack(): PolicyStatement {
    const { region, stackName } = Stack.of(this)
    const logGroups = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${stackName}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    return new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'].concat([
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ]),
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    })
  }
}
