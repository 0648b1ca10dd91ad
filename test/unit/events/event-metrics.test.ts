import { expect, test } from 'vitest'
import { eventMetrics } from '../../../functions/events/event-metrics.ts'
import { capturedOutput } from '../support/captured-output.ts'

test('the counts of an invocation are one line in the embedded metric format', () => {
  const output = capturedOutput()
  eventMetrics('events').count({ published: 3, deferred: 0, unreadable: 1 })
  const lines = output.text.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      _aws: { CloudWatchMetrics: [{ Namespace: 'DynamicsConnect' }] },
      service: 'events',
      'Events.published': 3,
      'Events.deferred': 0,
      'Events.unreadable': 1,
    },
  ])
})
