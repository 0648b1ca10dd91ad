import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DETAIL_TYPES, stateEventJson } from '../../../functions/adapters/state-event-json.ts'
import type { StateEvent } from '../../../functions/domain/event-publisher.ts'
import type { StateChange } from '../../../functions/domain/state-change.ts'
import schema from '../../../functions/events/schema/state-event.v1.json' with { type: 'json' }
import { matchesFilter } from '../../../infra/local/filter-pattern.ts'
import { at } from '../../fakes/hand-clock.ts'
import { aReason } from '../../support/builders.ts'
import { problemsOf } from '../../support/state-event-schema.ts'

const HERE = join(import.meta.dirname, '../../../functions/events')
const README = readFileSync(join(HERE, 'README.md'), 'utf8')

type Change = StateChange['change']

const state = { id: 42, accountId: 'acme', status: 'connected', reason: undefined } as const
const reason = aReason()

/** One event of each kind. */
const EVENTS: Readonly<Record<Change, StateChange>> = {
  connected: { change: 'connected', connection: state },
  restored: { change: 'restored', connection: state },
  blocked: { change: 'blocked', connection: { ...state, reason }, reason },
  reauthorization_required: {
    change: 'reauthorization_required',
    connection: { ...state, status: 'reauthorization_required', reason },
    reason,
  },
  disconnected: { change: 'disconnected', connection: { ...state, status: 'disconnected' } },
  deleted: { change: 'deleted', connection: state },
  app_credential_rejected: { change: 'app_credential_rejected', code: 'AADSTS7000222' },
  app_credential_restored: { change: 'app_credential_restored' },
}

const ALL = Object.values(EVENTS).map((what) => {
  const event: StateEvent = { id: 'e1', sequence: '7', at: at(0), what }
  const { detailType, detail } = stateEventJson(event)
  return { source: 'dynamics-connect', 'detail-type': detailType, detail: JSON.parse(detail) }
})

interface Template {
  readonly Resources: {
    readonly Rule: { readonly Properties: { readonly EventPattern: object } }
  }
}

/** The detail types of what a rule of an example lets through. */
function letThrough(example: string): readonly string[] {
  const template: Template = JSON.parse(readFileSync(join(HERE, 'examples', example), 'utf8'))
  const { EventPattern } = template.Resources.Rule.Properties
  return ALL.filter((event) => matchesFilter(EventPattern, event)).map(
    (event) => event['detail-type'],
  )
}

describe('every kind of event', () => {
  const byType = ALL.map((event) => [event['detail-type'], event] as const)
  test.each(byType)('%s is as the schema has it', (_, event) => {
    expect(problemsOf(event)).toEqual([])
  })

  test('is in the schema and in the table that explains it', () => {
    const types = Object.values(DETAIL_TYPES).toSorted()
    expect(schema.properties['detail-type'].enum.toSorted()).toEqual(types)
    const rows = [...README.matchAll(/^\| `((?:Connection|App) [^`]+)` \|/gm)]
    expect(rows.map(([, type]) => type).toSorted()).toEqual(types)
  })
})

describe('the schema', () => {
  test('takes the event that the text shows', () => {
    const [, shown = ''] = /```json\n(\{.*?\n\})\n```/s.exec(README) ?? []
    const { source, detail, ...envelope } = JSON.parse(shown)
    const event = { source, detail, 'detail-type': envelope['detail-type'] }
    expect(problemsOf(event)).toEqual([])
  })

  test.each<[what: string, change: object]>([
    ['a token', { accessToken: 'x' }],
    ['a person', { user: { name: 'Ada' } }],
    ["Microsoft's words", { reason: { ...reason, at: undefined, message: 'AADSTS50173: Ada' } }],
    ['no account', { account: undefined }],
    ['a status of another kind', { status: 'disconnected' }],
    ['a sequence that does not compare as text', { sequence: '7' }],
  ])('does not take %s', (_, change) => {
    const stopped = ALL.find((event) => event['detail-type'] === DETAIL_TYPES.blocked)
    const event = { ...stopped, detail: { ...stopped?.detail, ...change } }
    expect(problemsOf(JSON.parse(JSON.stringify(event)))).not.toEqual([])
  })
})

describe('the rules of the examples', () => {
  test('put everything into the queue', () => {
    expect(letThrough('queue.json')).toEqual(ALL.map((event) => event['detail-type']))
  })

  test('post to the webhook what needs somebody, or no longer does', () => {
    expect(letThrough('webhook.json').toSorted()).toEqual([
      'App Credential Rejected',
      'App Credential Restored',
      'Connection Blocked',
      'Connection Reauthorization Required',
      'Connection Restored',
    ])
  })
})
