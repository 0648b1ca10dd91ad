import type { RemovalPolicy } from 'aws-cdk-lib'
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
} from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { IndexSchema, TableSchema } from '../functions/adapters/table-schema.ts'
import type { ServiceFunction, Variable } from './service-function.ts'

/** What can be done to single items; whoever needs more says so in its own grant. */
export type ItemAction = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem'

/** A table, and how much its data matters. */
export interface ItemTableProps {
  readonly schema: TableSchema
  /** The variable that tells a function the table's name. */
  readonly variable: Variable
  /** Whether every write is told of, with the item before and after it. */
  readonly isStreamed: boolean
  readonly pointInTimeRecovery: boolean
  readonly deletionProtection: boolean
  readonly removalPolicy: RemovalPolicy
}

/** An on-demand table of the shape that the adapters expect. */
export class ItemTable extends Construct {
  readonly tableName: string
  readonly #table: Table
  readonly #variable: Variable

  constructor(scope: Construct, id: string, props: ItemTableProps) {
    super(scope, id)
    this.#table = new Table(this, 'Table', {
      partitionKey: { name: props.schema.partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: props.schema.timeToLive,
      ...(props.isStreamed && { stream: StreamViewType.NEW_AND_OLD_IMAGES }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery },
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    })
    for (const index of props.schema.indexes) {
      this.#addIndex(index)
    }
    this.tableName = this.#table.tableName
    this.#variable = props.variable
  }

  /** Lets a function do these things to single items, and tells it the table's name. */
  grantItems(fn: ServiceFunction, ...actions: readonly ItemAction[]): void {
    fn.permit({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.#table.tableArn],
    })
    fn.set(this.#variable, this.tableName)
  }

  /** Lets a function query one index, and tells it the table's name. */
  grantQuery(fn: ServiceFunction, indexName: string): void {
    fn.permit({
      actions: ['dynamodb:Query'],
      resources: [`${this.#table.tableArn}/index/${indexName}`],
    })
    fn.set(this.#variable, this.tableName)
  }

  /**
   * Lets Lambda read the stream for a function. The function itself still cannot read the table.
   * @returns the ARN of the stream
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
   */
  grantStream(fn: ServiceFunction): string {
    const streamArn = this.#table.tableStreamArn
    if (streamArn === undefined)
      throw new Error('this table has no stream: make it with isStreamed')
    fn.permit({
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resources: [streamArn],
    })
    return streamArn
  }

  #addIndex({ name, partitionKey, sortKey, carries }: IndexSchema): void {
    const projection =
      carries.length === 0
        ? { projectionType: ProjectionType.KEYS_ONLY }
        : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...carries] }
    this.#table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name: partitionKey.name, type: ATTRIBUTE_TYPES[partitionKey.type] },
      sortKey: { name: sortKey.name, type: ATTRIBUTE_TYPES[sortKey.type] },
      ...projection,
    })
  }
}

const ATTRIBUTE_TYPES = { S: AttributeType.STRING, N: AttributeType.NUMBER } as const
