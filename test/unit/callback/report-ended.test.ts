import { expect, test } from 'vitest'
import { reportNewestRejected } from '../../../functions/callback/report-ended.ts'
import { recordingLog } from '../support/recording-log.ts'
import { recordingSignInMetrics } from '../support/recording-operations.ts'

test('that a sign-in needed the previous app credential is logged with the code, and counted', () => {
  const log = recordingLog()
  const { metrics, counts } = recordingSignInMetrics()
  reportNewestRejected({ log, metrics })('AADSTS7000215')
  expect(log.lines).toEqual([
    { kind: 'event', name: 'app_credential_newest_rejected', fields: { reason: 'AADSTS7000215' } },
  ])
  expect(counts).toEqual({ appCredentialNewestRejected: 1 })
})
