import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { expect, onTestFinished, test } from 'vitest'
import { startEventBus } from '../../../../infra/local/event-bus.ts'

async function eventBus() {
  const lines: string[] = []
  const bus = await startEventBus((line) => lines.push(line))
  onTestFinished(() => bus.close())
  return { url: bus.url, lines }
}

test('every event is accepted, and told in a line', async () => {
  const { url, lines } = await eventBus()
  const client = new EventBridgeClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  const entry = { EventBusName: 'dynamics-connect', Source: 'dynamics-connect' }
  const Entries = ['Connection Connected', 'Connection Deleted'].map((DetailType, id) => ({
    ...entry,
    DetailType,
    Detail: JSON.stringify({ id }),
  }))
  const answer = await client.send(new PutEventsCommand({ Entries }))
  const accepted = { EventId: expect.any(String) }
  expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [accepted, accepted] })
  expect(lines).toEqual([
    'event Connection Connected {"id":0}',
    'event Connection Deleted {"id":1}',
  ])
})

test('nothing else is answered', async () => {
  const { url, lines } = await eventBus()
  const { status } = await fetch(url, { method: 'POST', body: '{"Entries":[]}' })
  expect([status, lines]).toEqual([400, []])
})
