import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ALARMS, anchorOf } from '../../../infra/alarm-texts.ts'
import { QUESTIONS } from '../../../infra/queries.ts'
import { synthesized } from './synthesized.ts'
import { alarmsOf } from './watched.ts'

const runbook = readFileSync('infra/RUNBOOK.md', 'utf8')
const alarms = alarmsOf(synthesized())

const PARTS = ['What it means', 'How to see', 'What to do', 'How to know that it is over']

interface Article {
  readonly title: string
  readonly text: string
  readonly parts: readonly string[]
}

const articles: readonly Article[] = runbook
  .split(/^## /m)
  .slice(1)
  .map((text) => ({
    title: text.split('\n')[0] ?? '',
    text,
    parts: [...text.matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? ''),
  }))

const ofAlarms = articles.filter(({ parts }) => parts.length > 0)

describe('every alarm', () => {
  test('that has words is raised, and none is without', () => {
    expect([...alarms.keys()].toSorted()).toEqual(Object.keys(ALARMS).toSorted())
  })

  test.each([...alarms])('%s names an article of the runbook', (_, { AlarmDescription }) => {
    const anchor = /infra\/RUNBOOK\.md#([\w-]+)$/.exec(AlarmDescription)?.[1]
    expect(ofAlarms.map(({ title }) => anchorOf(title))).toContain(anchor)
  })

  test('stands in the table with its article, once', () => {
    const rows = [...runbook.matchAll(/^\| `([A-Z]\w+)` \| \[([^\]]+)\]\(#([\w-]+)\) \|/gm)]
    expect(rows.map(([, name]) => name).toSorted()).toEqual(Object.keys(ALARMS).toSorted())
    for (const [, name, title, anchor] of rows) {
      const { article } = ALARMS[name as keyof typeof ALARMS]
      expect([title, anchor]).toEqual([article, anchorOf(article)])
    }
  })
})

describe('every article', () => {
  test('about an alarm has one', () => {
    const named = new Set(Object.values(ALARMS).map(({ article }) => article))
    expect(ofAlarms.map(({ title }) => title).toSorted()).toEqual([...named].toSorted())
  })

  test.each(ofAlarms.map((article) => [article.title, article] as const))(
    '%s says what it means, how to see, what to do, and how to know that it is over',
    (_, { parts, text }) => {
      expect(parts).toEqual(PARTS)
      for (const part of text.split(/^### .+$/m)) expect(part.trim()).not.toBe('')
    },
  )
})

test('saved queries that the runbook names are there, and each of them is of use in some article', () => {
  const emphasized = [...runbook.matchAll(/\*([^*\n]+)\*/g)].map((match) => match[1] ?? '')
  const asked = [...runbook.matchAll(/[Qq]uery \*([^*]+)\*/g)].map((match) => match[1] ?? '')
  expect(asked.filter((name) => !(name in QUESTIONS))).toEqual([])
  expect(Object.keys(QUESTIONS).filter((name) => !emphasized.includes(name))).toEqual([])
})
