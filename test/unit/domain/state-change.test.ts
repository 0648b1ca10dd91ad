import { describe, expect, test } from 'vitest'
import { stateEventOf } from '../../../functions/domain/event-publisher.ts'
import { type ConnectionState, stateChangeOf } from '../../../functions/domain/state-change.ts'
import { at, HOUR } from '../../fakes/hand-clock.ts'
import { aReason } from '../../support/builders.ts'

const state = (status: ConnectionState['status'], reason?: ConnectionState['reason']) => ({
  id: 42,
  accountId: 'acme',
  status,
  reason,
})

const POLICY = aReason({
  code: 'AADSTS53003',
  who: 'administrator',
  situation: 'blocked_by_policy',
})

const STATES = {
  nothing: undefined,
  pending: state('pending'),
  connected: state('connected'),
  blocked: state('connected', POLICY),
  ended: state('reauthorization_required', aReason()),
  disconnected: state('disconnected'),
} as const

const { nothing, connected, blocked, ended, pending } = STATES

type Name = keyof typeof STATES

const changeOf = (before: ConnectionState | undefined, after: ConnectionState | undefined) =>
  stateChangeOf({ kind: 'connection', before, after })

describe('a connection', () => {
  test.each<[from: Name, to: Name, change: string]>([
    ['pending', 'connected', 'connected'],
    ['disconnected', 'connected', 'connected'],
    ['nothing', 'connected', 'connected'],
    ['connected', 'ended', 'reauthorization_required'],
    ['blocked', 'ended', 'reauthorization_required'],
    ['connected', 'blocked', 'blocked'],
    ['ended', 'connected', 'restored'],
    ['blocked', 'connected', 'restored'],
    ['connected', 'disconnected', 'disconnected'],
    ['ended', 'disconnected', 'disconnected'],
    ['pending', 'disconnected', 'disconnected'],
    ['connected', 'pending', 'disconnected'],
    ['blocked', 'pending', 'disconnected'],
    ['ended', 'pending', 'disconnected'],
  ])('that was %s and is %s is told of as %s', (from, to, change) => {
    expect(changeOf(STATES[from], STATES[to])).toMatchObject({ change, connection: STATES[to] })
  })

  test.each<Name>(['pending', 'connected', 'blocked', 'ended', 'disconnected'])(
    'that was %s and is removed is deleted, as it was last',
    (from) => {
      const connection = STATES[from]
      expect(changeOf(connection, nothing)).toEqual({ change: 'deleted', connection })
    },
  )

  test.each<[from: Name, to: Name]>([
    ['nothing', 'pending'],
    ['pending', 'pending'],
    ['connected', 'connected'],
    ['blocked', 'blocked'],
    ['ended', 'ended'],
    ['disconnected', 'disconnected'],
    ['disconnected', 'pending'],
    ['nothing', 'nothing'],
  ])('that was %s and is %s has not changed', (from, to) => {
    expect(changeOf(STATES[from], STATES[to])).toBeUndefined()
  })

  test('says why somebody has to act', () => {
    expect(changeOf(connected, ended)).toMatchObject({ reason: aReason() })
    expect(changeOf(connected, blocked)).toMatchObject({ reason: POLICY })
  })

  test('that meets the same trouble again, later, has not changed', () => {
    const later = state('connected', { ...POLICY, at: at(HOUR) })
    expect(changeOf(blocked, later)).toBeUndefined()
  })

  test.each([{ code: 'AADSTS53000' }, { who: 'user' }, { situation: 'blocked_for_risk' }] as const)(
    'that meets another trouble is blocked anew: %j',
    (other) => {
      const otherwise = state('connected', { ...POLICY, ...other })
      expect(changeOf(blocked, otherwise)).toMatchObject({
        change: 'blocked',
        connection: otherwise,
      })
    },
  )
})

describe('the app credential', () => {
  const rejected = { code: 'AADSTS7000222' }
  const kind = 'app_credential'

  test('is rejected while its breaker is stored, and restored when that goes', () => {
    const opened = stateChangeOf({ kind, before: nothing, after: rejected })
    const closed = stateChangeOf({ kind, before: rejected, after: nothing })
    expect(opened).toEqual({ change: 'app_credential_rejected', code: 'AADSTS7000222' })
    expect(closed).toEqual({ change: 'app_credential_restored' })
  })

  test.each([rejected, nothing])('that stays as it is has not changed: %j', (stored) => {
    expect(stateChangeOf({ kind, before: stored, after: stored })).toBeUndefined()
  })
})

describe('an event', () => {
  const position = { id: 'e1', sequence: '7', at: at(0) }

  test('stands where the write stood', () => {
    const write = { kind: 'connection', before: pending, after: connected } as const
    const what = { change: 'connected', connection: connected }
    expect(stateEventOf({ ...position, write })).toEqual({ ...position, what })
  })

  test('there is none of a write that is about no state, or leaves it as it was', () => {
    const write = { kind: 'connection', before: connected, after: connected } as const
    expect(stateEventOf({ ...position, write: undefined })).toBeUndefined()
    expect(stateEventOf({ ...position, write })).toBeUndefined()
  })
})
