import type { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb'
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
  readonly pointInTimeRecovery: boolean
  readonly deletionProtection: boolean
  readonly removalPolicy: RemovalPolicy
  /** The name of a table of that shape which is there already, and is used as it is. */
  readonly existing?: string | undefined
}

/** An on-demand table of the shape that the adapters expect. */
export class ItemTable extends Construct {
  readonly tableName: string
  readonly #tableArn: string
  readonly #variable: Variable

  constructor(scope: Construct, id: string, props: ItemTableProps) {
    super(scope, id)
    const { tableName, tableArn } =
      props.existing === undefined
        ? this.#newTable(props)
        : Table.fromTableName(this, 'Existing', props.existing)
    this.#tableArn = tableArn
    this.tableName = tableName
    this.#variable = props.variable
  }

  /** Lets a function do these things to single items, and tells it the table's name. */
  grantItems(fn: ServiceFunction, ...actions: readonly ItemAction[]): void {
    fn.permit({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.#tableArn],
    })
    fn.set(this.#variable, this.tableName)
  }

  /** Lets a function query one index, and tells it the table's name. */
  grantQuery(fn: ServiceFunction, indexName: string): void {
    fn.permit({
      actions: ['dynamodb:Query'],
      resources: [`${this.#tableArn}/index/${indexName}`],
    })
    fn.set(this.#variable, this.tableName)
  }

  #newTable({ schema, ...props }: ItemTableProps): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: schema.partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: schema.timeToLive,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery },
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    })
    for (const index of schema.indexes) {
      addIndex(table, index)
    }
    return table
  }
}

function addIndex(table: Table, { name, partitionKey, sortKey, carries }: IndexSchema): void {
  const projection =
    carries.length === 0
      ? { projectionType: ProjectionType.KEYS_ONLY }
      : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...carries] }
  table.addGlobalSecondaryIndex({
    indexName: name,
    partitionKey: { name: partitionKey.name, type: ATTRIBUTE_TYPES[partitionKey.type] },
    sortKey: { name: sortKey.name, type: ATTRIBUTE_TYPES[sortKey.type] },
    ...projection,
  })
}

const ATTRIBUTE_TYPES = { S: AttributeType.STRING, N: AttributeType.NUMBER } as const
