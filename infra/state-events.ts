import { Duration, Stack } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { STATE_WRITE_FILTERS } from '../functions/adapters/state-write-filters.ts'
import { ENV } from '../functions/config.ts'
import type { ConnectionsTable } from './connections-table.ts'
import type { ServiceFunction } from './service-function.ts'

/** As many as one invocation may publish one by one within its time. */
const BATCH_SIZE = 100

/**
 * How long a change that cannot be published is tried again, before it becomes a dead letter and those
 * behind it have their turn. The stream keeps it for a day, so that there is time left to look at it.
 */
const LONGEST_RETRY = Duration.hours(6)

/** As long as a queue keeps anything. */
const DEAD_LETTER_RETENTION = Duration.days(14)

/** Who publishes, and of what. */
export interface StateEventsProps {
  readonly events: ServiceFunction
  readonly connections: ConnectionsTable
}

/**
 * Publishes every change of a connection's state on a bus of the stack, exactly because it was stored:
 * the stream of the table wakes the function, in the order of the writes to each item.
 */
export class StateEvents extends Construct {
  readonly busName: string
  /** Where to look for what could not be published. */
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { events, connections }: StateEventsProps) {
    super(scope, id)
    const bus = new EventBus(this, 'Bus', {
      eventBusName: Stack.of(this).stackName,
      description: 'Changes of connections to Dynamics 365 environments',
    })
    this.busName = bus.eventBusName
    events.permit({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] })
    events.set(ENV.eventBus, bus.eventBusName)
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: DEAD_LETTER_RETENTION,
    })
    events.permit({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] })
    this.#subscribe(events, connections.grantStream(events))
  }

  #subscribe(events: ServiceFunction, eventSourceArn: string): void {
    new EventSourceMapping(this, 'Stream', {
      target: events.lambda,
      eventSourceArn,
      // From the oldest: what happened while the stack was being made is told too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: STATE_WRITE_FILTERS.map((filter) => FilterCriteria.filter(filter)),
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      maxRecordAge: LONGEST_RETRY,
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
    })
  }
}
