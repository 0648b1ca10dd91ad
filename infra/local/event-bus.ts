import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listenLocally } from './local-server.ts'
import { readBody } from './request-body.ts'

/** A running stand-in for EventBridge. */
export interface EventBusStandIn {
  readonly url: string
  close(): Promise<void>
}

/** The largest call that EventBridge takes. */
const REQUEST_LIMIT_BYTES = 1024 * 1024

/** What PutEvents is given, as far as it is told here. */
interface PutEventsInput {
  readonly Entries: readonly { readonly DetailType: string; readonly Detail: string }[]
}

/**
 * Accepts every event of a PutEvents call, whichever its bus, and tells it in a line; there are no rules.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function startEventBus(log: (line: string) => void): Promise<EventBusStandIn> {
  const server = await listenLocally(0, (message, response) => {
    accept(message, response, log).catch(() => response.destroy())
  })
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.close() }
}

async function accept(
  message: IncomingMessage,
  response: ServerResponse,
  log: (line: string) => void,
): Promise<void> {
  const body = await readBody(message, REQUEST_LIMIT_BYTES)
  const isPutEvents = message.headers['x-amz-target'] === 'AWSEvents.PutEvents'
  if (!isPutEvents || body === 'too_large') {
    return send(response, 400, { __type: 'UnknownOperationException' })
  }
  const { Entries } = JSON.parse(body.toString('utf8')) as PutEventsInput
  for (const { DetailType, Detail } of Entries) log(`event ${DetailType} ${Detail}`)
  const accepted = Entries.map(() => ({ EventId: randomUUID() }))
  send(response, 200, { FailedEntryCount: 0, Entries: accepted })
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(answer))
}
