import { expect, test } from 'vitest'
import { LONGEST_LIST, waitingTally } from '../../../functions/domain/connection-counts.ts'
import { aReason } from '../../support/builders.ts'

test('who waits is told by code, situation and who has to act, the most first', () => {
  const tally = waitingTally()
  tally.add(aReason({ code: 'one' }))
  for (let times = 0; times < 3; times += 1) tally.add(aReason({ code: 'three' }))
  tally.add(aReason({ code: 'three', who: 'administrator' }))
  tally.add(aReason({ code: 'three', who: 'administrator' }))
  tally.add(aReason({ code: 'three', situation: 'blocked_by_policy' }))
  expect(tally.sum()).toEqual([
    { code: 'three', who: 'user', situation: 'grant_revoked', connections: 3 },
    { code: 'three', who: 'administrator', situation: 'grant_revoked', connections: 2 },
    { code: 'one', who: 'user', situation: 'grant_revoked', connections: 1 },
    { code: 'three', who: 'user', situation: 'blocked_by_policy', connections: 1 },
  ])
})

test('the rarest reasons are left out when there are too many', () => {
  const tally = waitingTally()
  for (let code = 0; code < LONGEST_LIST + 5; code += 1) tally.add(aReason({ code: String(code) }))
  tally.add(aReason({ code: 'frequent' }))
  tally.add(aReason({ code: 'frequent' }))
  const sum = tally.sum()
  expect(sum).toHaveLength(LONGEST_LIST)
  expect(sum[0]).toMatchObject({ code: 'frequent', connections: 2 })
})
