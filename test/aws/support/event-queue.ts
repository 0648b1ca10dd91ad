import {
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { documented, replaced } from '../../support/documents.ts'
import { account } from './account.ts'
import { operate } from './deployment.ts'

/** An event as a partner's backend receives it. */
export interface ReceivedEvent {
  readonly 'detail-type': string
  readonly detail: { readonly sequence: string; readonly connectionId?: number }
}

/** A partner's queue that every event goes to. */
export interface EventQueue {
  /** @returns everything that has come so far, in the order in which it came. */
  receive(): Promise<readonly ReceivedEvent[]>
  unsubscribe(): Promise<void>
}

/** Makes the queue of the example, with its rule on the bus, and looks into it once. */
const SUBSCRIBE = replaced(
  documented(
    'functions/events/README.md',
    'aws cloudformation deploy --stack-name dynamics-events-queue',
  ),
  { '--wait-time-seconds 20': '--wait-time-seconds 1' },
)

const STACK = { StackName: 'dynamics-events-queue' } as const

const PATIENCE = { client: account.cloudformation, maxWaitTime: 20, minDelay: 1 }

/** Receives all events, by the commands of the guide. */
export async function subscribe(): Promise<EventQueue> {
  await operate(SUBSCRIBE)
  const { Stacks = [] } = await account.cloudformation.send(new DescribeStacksCommand(STACK))
  const url = Stacks[0]?.Outputs?.[0]?.OutputValue ?? ''
  const received: ReceivedEvent[] = []
  return {
    receive: async () => {
      const { Messages = [] } = await account.queues.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          // As long as the test lasts: none is received twice, though none is deleted.
          VisibilityTimeout: 600,
        }),
      )
      received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as ReceivedEvent))
      return [...received]
    },
    unsubscribe: async () => {
      await account.cloudformation.send(new DeleteStackCommand(STACK))
      await waitUntilStackDeleteComplete(PATIENCE, STACK)
    },
  }
}
