import { describe, expect, test } from 'vitest'
import type { ConnectionStatus } from '../../../functions/domain/connection.ts'
import {
  CONNECTION_GROUPS,
  type ConnectionGroup,
  groupOf,
  isInGroups,
} from '../../../functions/domain/connection-group.ts'
import { SITUATIONS } from '../../../functions/domain/situations.ts'
import { aReason } from '../../support/builders.ts'

describe('the group of a connection', () => {
  test.each<[ConnectionStatus, ConnectionGroup]>([
    ['pending', 'pending'],
    ['connected', 'connected'],
    ['disconnected', 'disconnected'],
    ['reauthorization_required', 'user'],
  ])('that is %s, and names nobody, is %s', (status, group) => {
    expect(groupOf({ status, reason: undefined })).toBe(group)
  })

  test.each(['user', 'administrator', 'application_owner', 'nobody'] as const)(
    'that waits for %s is that, connected or not',
    (who) => {
      const reason = aReason({ who })
      expect(groupOf({ status: 'connected', reason })).toBe(who)
      expect(groupOf({ status: 'reauthorization_required', reason })).toBe(who)
    },
  )

  test('is one of all groups, whoever has to act', () => {
    const whoever = Object.values(SITUATIONS).map(({ who }) => who)
    expect(CONNECTION_GROUPS).toEqual(expect.arrayContaining(whoever))
  })

  test('is in a choice of groups that names it, and in a choice of none', () => {
    const pending = { status: 'pending', reason: undefined } as const
    expect(isInGroups(['connected', 'pending'], pending)).toBe(true)
    expect(isInGroups(['connected'], pending)).toBe(false)
    expect(isInGroups([], pending)).toBe(true)
  })
})
