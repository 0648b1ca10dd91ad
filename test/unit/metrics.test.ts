import { describe, expect, test } from 'vitest'
import { type RefreshMetrics, refreshMetrics } from '../../functions/metrics.ts'
import { capturedOutput } from './support/captured-output.ts'

/** The lines that were written, read as JSON. */
function written(measure: (metrics: RefreshMetrics) => void): readonly unknown[] {
  const output = capturedOutput()
  measure(refreshMetrics('refresh'))
  const lines = output.text.split('\n').filter((line) => line !== '')
  return lines.map((line): unknown => JSON.parse(line))
}

describe('what was measured', () => {
  test('is one line, with counts added up, under the function alone', () => {
    const lines = written((metrics) => {
      for (let times = 0; times < 250; times += 1) metrics.mustAct('user')
      metrics.outcomes({ refreshed: 3 })
      metrics.outcomes({ refreshed: 4, error: 1 })
      metrics.oldestDue(90_000)
      metrics.flush()
    })
    expect(lines).toMatchObject([
      {
        _aws: {
          CloudWatchMetrics: [{ Namespace: 'DynamicsConnect', Dimensions: [['service']] }],
        },
        service: 'refresh',
        'MustAct.user': 250,
        'Refresh.refreshed': 7,
        'Refresh.error': 1,
        OldestDueAge: 90_000,
      },
    ])
  })

  test('is written once', () => {
    const lines = written((metrics) => {
      metrics.grantExpiring()
      metrics.flush()
      metrics.flush()
      metrics.grantExpiring()
      metrics.flush()
    })
    expect(lines).toMatchObject([{ GrantExpiring: 1 }, { GrantExpiring: 1 }])
  })

  test('is nothing when nothing was', () => {
    expect(written((metrics) => metrics.flush())).toEqual([])
  })

  test('of levels is each of them, zero too', () => {
    const counts = { pending: 0, connected: 2, reauthorization_required: 1, disconnected: 0 }
    const [line] = written((metrics) => {
      metrics.connections(counts)
      metrics.appCredentialDaysLeft(-1)
      metrics.flush()
    })
    expect(line).toMatchObject({
      'Connections.pending': 0,
      'Connections.connected': 2,
      'Connections.reauthorization_required': 1,
      'Connections.disconnected': 0,
      'AppCredential.daysLeft': -1,
    })
  })
})
