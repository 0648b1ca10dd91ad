import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { eventLog, type LogFields } from '../../../functions/logger.ts'
import { capturedOutput } from '../support/captured-output.ts'
import { resourcesOf, synthesized } from './synthesized.ts'
import { textOf } from './watched.ts'

interface QueryProperties {
  readonly Name: string
  readonly QueryString: string
  readonly LogGroupNames: readonly unknown[]
}

const template = synthesized()
const queries = [
  ...resourcesOf<QueryProperties>(template, 'AWS::Logs::QueryDefinition').values(),
].map((query) => ({ ...query, logs: query.LogGroupNames.map(textOf) }))
const named = queries.map((query) => [query.Name, query] as const)

/** Every field that a line may have; one more in the log's list is missed here by the compiler. */
const EVERY_FIELD: Required<LogFields> = {
  requestId: 'x',
  route: 'x',
  status: 1,
  connectionId: 1,
  eventId: 'x',
  change: 'x',
  step: 'x',
  shard: 1,
  ended: 'x',
  oldestDueMs: 1,
  outcome: 'x',
  outcomes: { x: 1 },
  reason: 'x',
  traceId: 'x',
  correlationId: 'x',
  isGrantExpiring: true,
}

/** The members of the lines that the real log writes. */
function fieldsOfTheLog(): ReadonlySet<string> {
  const output = capturedOutput()
  const log = eventLog('refresh')
  const evidence = { name: 'x' }
  log.event('x', EVERY_FIELD)
  log.failure('x', new ServiceError('x', { code: 'item_malformed', evidence }), EVERY_FIELD)
  const lines = output.text.split('\n').filter((line) => line !== '')
  return new Set(lines.flatMap((line) => Object.keys(JSON.parse(line))))
}

function fieldsOfTheAccessLog(): ReadonlySet<string> {
  const [stage] = resourcesOf<{ AccessLogSettings: { Format: string } }>(
    template,
    'AWS::ApiGatewayV2::Stage',
  ).values()
  return new Set(Object.keys(JSON.parse(stage?.AccessLogSettings.Format ?? '')))
}

/**
 * What Lambda itself writes at the end of an invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
const FIELDS_OF_LAMBDA = [
  'type',
  'record.status',
  'record.metrics.durationMs',
  'record.metrics.maxMemoryUsedMB',
]

/** What Logs Insights knows of every line. */
const FIELDS_OF_INSIGHTS = ['@timestamp', '@log']

const COMMANDS = ['fields', 'filter', 'stats', 'sort', 'limit']
const WORDS = ['as', 'by', 'in', 'not', 'like', 'and', 'or', 'asc', 'desc']
const FUNCTIONS = ['count', 'count_distinct', 'max', 'pct', 'bin', 'ispresent']

/** The commands of a query, one a line, without their comments. */
function commandsOf({ QueryString }: QueryProperties): readonly (readonly [string, string])[] {
  return QueryString.split('\n| ').map((line) => {
    const [command = '', ...rest] = line.replace(/ #.*$/, '').split(' ')
    return [command, rest.join(' ')] as const
  })
}

/** A query without its texts and patterns, whose words are none of the language. */
function withoutTexts(text: string): string {
  return text.replaceAll(/"[^"]*"|\/[^/\s]+\//g, '')
}

function wordsOf(query: QueryProperties): readonly string[] {
  return commandsOf(query).flatMap(([, rest]) =>
    [...withoutTexts(rest).matchAll(/(?<![\w.@])[@a-zA-Z_][\w.]*/g)].map(([word]) => word),
  )
}

/** The fields that a query reads: neither the language's words, nor the names that it gives itself. */
function fieldsOf(query: QueryProperties): readonly string[] {
  const own = [...query.QueryString.matchAll(/ as (\w+)/g)].map((match) => match[1] ?? '')
  const known = [...WORDS, ...FUNCTIONS, ...own]
  return wordsOf(query).filter((word) => !known.includes(word))
}

describe('a saved query', () => {
  test.each(named)('%s is well formed', (_, query) => {
    const commands = commandsOf(query)
    const order = commands.map(([command]) => COMMANDS.indexOf(command))
    expect(order).not.toContain(-1)
    expect(order).toEqual(order.toSorted((one, other) => one - other))
    for (const [, rest] of commands) {
      expect(rest.trim()).not.toBe('')
      expect(rest.split('"').length % 2).toBe(1)
      expect(rest.split('(').length).toBe(rest.split(')').length)
      expect(rest.split('[').length).toBe(rest.split(']').length)
    }
    const calls = [...withoutTexts(query.QueryString).matchAll(/(\w+)\(/g)].map((call) => call[1])
    expect(calls.filter((call) => !FUNCTIONS.includes(call ?? ''))).toEqual([])
  })

  test.each(named)('%s reads what its logs have', (_, query) => {
    const readsAccessLog = query.logs.some((log) => log.startsWith('HttpApiAccessLog'))
    const readsFunctions = query.logs.some((log) => !log.startsWith('HttpApiAccessLog'))
    const known = new Set([
      ...FIELDS_OF_INSIGHTS,
      ...(readsFunctions ? [...fieldsOfTheLog(), ...FIELDS_OF_LAMBDA] : []),
      ...(readsAccessLog ? fieldsOfTheAccessLog() : []),
    ])
    const isKnown = (field: string) =>
      known.has(field) || /^(evidence\.\w+|thrownAt\.\d)$/.test(field)
    const fields = fieldsOf(query)
    expect(fields).not.toEqual([])
    expect(fields.filter((field) => !isKnown(field) && !/^\d/.test(field))).toEqual([])
  })

  test.each(named)('%s looks into logs that the stack has', (_, query) => {
    const groups = [...resourcesOf(template, 'AWS::Logs::LogGroup').keys()]
    expect(query.logs).not.toEqual([])
    expect(query.logs.filter((log) => !groups.includes(log))).toEqual([])
  })

  test.each(named)('%s asks for words that the functions write', (_, query) => {
    const sources = globSync('functions/**/*.ts').map((file) => readFileSync(file, 'utf8'))
    const source = sources.join('\n')
    const texts = [...query.QueryString.matchAll(/(message|outcome)[^\n]*/g)].flatMap(([line]) =>
      [...line.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? ''),
    )
    expect(texts.filter((text) => !source.includes(`'${text}'`))).toEqual([])
  })

  test('stands under the name of the stack, with the question for a name', () => {
    expect(queries.length).toBeGreaterThan(10)
    for (const { Name } of queries) expect(Name).toMatch(/^dynamics-connect\/[A-Z][^/]+$/)
  })
})
