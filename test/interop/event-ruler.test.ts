import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeReason } from '../../functions/adapters/dynamodb-connection-item.ts'
import { DETAIL_TYPES } from '../../functions/adapters/state-event-json.ts'
import { STATE_WRITE_FILTERS } from '../../functions/adapters/state-write-filters.ts'
import { matchesFilter } from '../../infra/local/filter-pattern.ts'
import { aReason } from '../support/builders.ts'
import { streamRecord } from '../support/stream-record.ts'
import { javaLibraries } from './install.ts'

interface Question {
  readonly pattern: object
  readonly event: object
}

/** What Amazon's own engine, which is behind EventBridge and Lambda's filters, says to each. */
function ruled(questions: readonly Question[]): readonly boolean[] {
  const lines = questions.flatMap(({ pattern, event }) => [pattern, event])
  const classPath = join(javaLibraries('event-ruler'), '*')
  const program = join(import.meta.dirname, 'java', 'MatchRule.java')
  const { status, stdout, stderr } = spawnSync('java', ['-cp', classPath, program], {
    input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .trim()
    .split('\n')
    .map((line) => line === 'true')
}

const connection = (status: string, reason?: ReturnType<typeof aReason>) => ({
  pk: { S: 'connection#42' },
  status: { S: status },
  tokenSet: { M: { a: { B: new Uint8Array([1]) } } },
  ...(reason && { reason: writeReason(reason) }),
})

const STATES = [
  undefined,
  connection('pending'),
  connection('connected'),
  connection('connected', aReason()),
  connection('reauthorization_required', aReason()),
  connection('disconnected'),
]
const OTHERS = ['claim#42#1', 'brake#app', 'brake#tenant#t', 'settings'].map((pk) => ({
  pk: { S: pk },
  code: { S: 'AADSTS7000222' },
}))

const WRITES = [
  ...STATES.flatMap((before) => STATES.map((after) => ({ before, after }))),
  ...OTHERS.flatMap((item) => [
    { before: undefined, after: item },
    { before: item, after: { ...item, nextProbeAt: { N: '1' } } },
    { before: item, after: undefined },
  ]),
].filter(({ before, after }) => before !== undefined || after !== undefined)

describe("Amazon's own engine of patterns", () => {
  test('judges every write as the tests do, pattern by pattern', () => {
    const questions = WRITES.flatMap((write) =>
      STATE_WRITE_FILTERS.map((pattern) => ({ pattern, event: streamRecord(write) })),
    )
    const judged = questions.map(({ pattern, event }) => matchesFilter(pattern, event))
    expect(ruled(questions)).toEqual(judged)
    expect(new Set(judged).size).toBe(2)
  })

  test.each([
    ['queue.json', 8],
    ['webhook.json', 5],
  ])('lets through by the rule of %s as many kinds of events as it should', (example, kinds) => {
    const path = join(import.meta.dirname, '../../functions/events/examples', example)
    const pattern = JSON.parse(readFileSync(path, 'utf8')).Resources.Rule.Properties.EventPattern
    const questions = Object.values(DETAIL_TYPES).map((type) => ({
      pattern,
      event: { source: 'dynamics-connect', 'detail-type': type, detail: { version: '1' } },
    }))
    expect(ruled(questions).filter(Boolean)).toHaveLength(kinds)
  })
})
