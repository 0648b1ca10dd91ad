import { expect, test } from 'vitest'
import { STATUS_OF } from '../../../functions/http/error-response.ts'
import texts from '../../../functions/http/texts/en.json' with { type: 'json' }
import { textOf } from '../../support/documents.ts'

const page = textOf('functions/TROUBLESHOOTING.md')

test('every error that a backend may be answered stands there, with its status', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code = '', status]) => [
    code,
    Number(status),
  ])
  expect(Object.fromEntries(rows)).toMatchObject(STATUS_OF)
})

test('the pages that it names have these titles', () => {
  const named = [...page.matchAll(/^\| "([^"]+)" \|/gm)].map(([, title]) => title)
  const titles: readonly string[] = Object.values(texts.pages).flatMap((text) =>
    typeof text === 'object' && 'title' in text ? text.title : [],
  )
  expect(named.filter((title) => !titles.includes(title ?? ''))).toEqual([])
})
