import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { StackKey } from './stack-key.ts'

/** How the stack keeps what it stores. */
export interface Keeping {
  /** What becomes of connections, secrets and their key when the stack goes. */
  readonly removalPolicy: RemovalPolicy
  readonly logRetention: RetentionDays
  /** The partner's own key, or AWS's keys when there is none. */
  readonly key: StackKey | undefined
}

/** A log that goes with the stack, since nothing in it is needed to serve again. */
export class ServiceLog extends LogGroup {
  constructor(scope: Construct, id: string, { logRetention, key }: Keeping) {
    super(scope, id, {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key === undefined ? {} : { encryptionKey: key.key }),
    })
  }
}
