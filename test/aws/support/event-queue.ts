import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { account } from './account.ts'

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

/** The template that the repository gives to partners. */
const EXAMPLE = join(import.meta.dirname, '../../../functions/events/examples/queue.json')

const STACK = { StackName: 'dynamics-events-queue' } as const

const PATIENCE = { client: account.cloudformation, maxWaitTime: 20, minDelay: 1 }

/** Makes the queue of the example, with its rule on the bus. */
export async function subscribe(eventBus: string): Promise<EventQueue> {
  await account.cloudformation.send(
    new CreateStackCommand({
      ...STACK,
      TemplateBody: readFileSync(EXAMPLE, 'utf8'),
      Parameters: [{ ParameterKey: 'EventBusName', ParameterValue: eventBus }],
    }),
  )
  const { reason } = await waitUntilStackCreateComplete(PATIENCE, STACK)
  const url: string = reason.Stacks[0].Outputs[0].OutputValue
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
