import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ARTICLE_OF } from '../../../functions/console/health/runbook.ts'
import { runbookHtml } from '../../../infra/runbook-html.ts'

const page = runbookHtml(readFileSync('infra/RUNBOOK.md', 'utf8'))
const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id)

describe('the runbook as the console shows it', () => {
  test('has what each of its own links leads to', () => {
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id)
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter((id) => !ids.includes(id))).toEqual([])
  })

  test('has the article of each trouble that the console knows, under the id that it links to', () => {
    const wanted = Object.values(ARTICLE_OF).map((heading) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    )
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
  })

  test('leaves its title to the page, and links to no file of the repository', () => {
    expect(page).not.toMatch(/<h1/)
    expect(page).not.toMatch(/href="(?!#|https:)/)
    expect(page).toContain('RESTORE.md')
  })

  test('has tables with headings, and commands to copy', () => {
    expect(page).toMatch(/<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Alarm/)
    expect(page).toMatch(/<pre><code class="language-sh">/)
  })

  test('has nothing that the policy of a page would stop', () => {
    expect(page).not.toMatch(/<script|<style|<img|<iframe| style=| on\w+=/i)
  })
})

describe('a heading', () => {
  test('is found by its words, without their punctuation', () => {
    expect(runbookHtml('## AWS *throttles*: `now`, or not?')).toContain(
      '<h2 id="aws-throttles-now-or-not">',
    )
  })

  test('is escaped, as is whatever else looks like markup', () => {
    expect(runbookHtml('## a & b\n\n`<b>` [x](https://e.example/?a=1&b=2)')).toMatch(
      /<h2 id="a-b">a &amp; b<\/h2>\n<p><code>&lt;b&gt;<\/code>/,
    )
  })
})
