import { expect, test } from 'vitest'
import { reportAppCredential } from '../../../functions/refresh/report-refresh.ts'
import { recordingOperations } from '../support/recording-operations.ts'

test.each([
  'app_credential_rejected',
  'app_credential_restored',
  'app_credential_newest_rejected',
] as const)('%s is logged with the code of Microsoft, and counted', (what) => {
  const { log, metrics, counts } = recordingOperations()
  reportAppCredential({ log, metrics })(what, 'AADSTS7000215')
  expect(log.lines).toEqual([{ kind: 'event', name: what, fields: { reason: 'AADSTS7000215' } }])
  expect(counts).toEqual({ [what]: 1 })
})
