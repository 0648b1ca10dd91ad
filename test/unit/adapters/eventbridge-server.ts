import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { onTestFinished } from 'vitest'
import { AWS_CLIENT_SETTINGS } from '../../../functions/adapters/aws-client-settings.ts'
import type { ReceivedEvent } from '../../support/state-event-schema.ts'
import { type Answer, send, tinyServer } from '../support/tiny-server.ts'

/** An entry as it came over the wire. */
export interface ReceivedEntry {
  readonly EventBusName: string
  readonly Source: string
  readonly DetailType: string
  readonly Detail: string
  readonly Time: number
}

/** How one call is answered: not at all, as told, or entry by entry with the code of an error. */
export type PutEventsAnswer =
  | 'silent'
  | Answer
  | ((entries: readonly ReceivedEntry[]) => (string | undefined)[])

/** EventBridge for one test: it accepts everything unless the next answers are planned. */
export async function eventbridgeServer(...planned: readonly PutEventsAnswer[]) {
  const answers = [...planned]
  const calls: (readonly ReceivedEntry[])[] = []
  const accepted: ReceivedEntry[] = []
  const server = await tinyServer(({ body }, response) => {
    const entries = JSON.parse(body).Entries as readonly ReceivedEntry[]
    calls.push(entries)
    const answer = answers.shift() ?? (() => [])
    if (answer === 'silent') return
    if (typeof answer !== 'function') {
      send(response, answer)
      return
    }
    const codes = answer(entries)
    accepted.push(...entries.filter((_, index) => codes[index] === undefined))
    const Entries = entries.map((_, index) => resultOf(codes[index]))
    const FailedEntryCount = codes.filter((code) => code !== undefined).length
    send(response, { body: { FailedEntryCount, Entries } })
  })
  return { calls, accepted, received: server.received, client: clientOf(server.url) }
}

/** As a target of a rule would receive it. */
export function receivedOf({ Source, DetailType, Detail }: ReceivedEntry): ReceivedEvent {
  return { source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) }
}

function resultOf(ErrorCode: string | undefined) {
  return ErrorCode === undefined
    ? { EventId: 'accepted' }
    : { ErrorCode, ErrorMessage: 'canary of the message' }
}

/** With our settings but less patience, so that no test has to wait. */
function clientOf(endpoint: string): EventBridgeClient {
  const { requestHandler } = AWS_CLIENT_SETTINGS
  const client = new EventBridgeClient({
    ...AWS_CLIENT_SETTINGS,
    requestHandler: { ...requestHandler, requestTimeout: 100 },
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  onTestFinished(() => client.destroy())
  return client
}
