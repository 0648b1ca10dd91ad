import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyField, formButton } from '../../../functions/http/components.ts'
import { Html, html } from '../../../functions/http/html.ts'
import { LANGUAGES } from '../../../functions/http/language.ts'
import { type Page, page } from '../../../functions/http/page.ts'
import { fill } from '../../../functions/http/texts.ts'
import type { View } from '../../../functions/http/view.ts'
import { aView, BRAND } from '../../support/a-view.ts'
import { answered } from '../support/answered.ts'

const SCRIPT = "\nconsole.log('a < b && c')\n"

const aPage = (parts: Partial<Page> = {}, view: View = aView()) =>
  answered(
    page(view, {
      statusCode: 418,
      title: 'A title',
      tone: 'neutral',
      content: html`<p>text</p>`,
      ...parts,
    }),
  )

const allInside = (text: string, element: string) =>
  [...text.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))].map(
    (match) => match[1] ?? '',
  )

const inside = (text: string, element: string) => allInside(text, element)[0] ?? ''

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const policyOf = ({ headers }: ReturnType<typeof answered>) =>
  String(headers['content-security-policy'])

describe('a template', () => {
  test('escapes what could be markup', () => {
    expect(html`<p title="${`a"b'c`}">${'<script>&amp;'}</p>`.text).toBe(
      '<p title="a&quot;b&#39;c">&lt;script&gt;&amp;amp;</p>',
    )
  })

  test('takes markup of its own as it is, also in a list', () => {
    const items = ['<a>', 'b'].map((item) => html`<li>${item}</li>`)
    expect(html`<ul>${items}</ul>${new Html('<hr>')}${7}`.text).toBe(
      '<ul><li>&lt;a&gt;</li><li>b</li></ul><hr>7',
    )
  })

  test('makes no markup of any text', () => {
    const nasty = fc.oneof(
      fc.string(),
      fc.string().map((text) => `"><script>${text}</script>`),
      fc.constantFrom('<script', "' onload='x", '</style><script>', '<!--'),
    )
    const isText = (text: string) => !/[<>"']/.test(html`${text}`.text)
    expect(fc.check(fc.property(nasty, isText)).failed).toBe(false)
  })
})

describe('a page', () => {
  test('is a whole document in UTF-8 with its title', () => {
    const { status, headers, text } = aPage()
    expect(status).toBe(418)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(text).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
    expect([inside(text, 'title'), inside(text, 'h1')]).toEqual([
      'A title – dynamics-connect',
      'A title',
    ])
  })

  test.each(Object.entries(LANGUAGES))('says that it is in %s', (language, { direction }) => {
    const { text } = aPage({}, aView(language as keyof typeof LANGUAGES))
    expect(text).toContain(`<html lang="${language}" dir="${direction}">`)
  })

  test('escapes its title, and has no element on the tab', () => {
    const bad = aPage({ title: '<script>x</script>' })
    expect(bad.text).not.toContain('<script')
    const { text } = aPage({ title: fill('Back to {host}', { host: '<b>' }) })
    expect(inside(text, 'h1')).toBe('Back to <bdi>&lt;b&gt;</bdi>')
    expect(inside(text, 'title')).toBe('Back to &lt;b&gt; – dynamics-connect')
  })

  test("shows the partner's name and logo, and asks for help in its name", () => {
    const { text } = aPage({}, aView('en', BRAND))
    expect(inside(text, 'title')).toBe('A title – Fabrikam &lt;Sales&gt;')
    expect(text).toContain(`<img src="${BRAND.logo}" alt="" class="plate">`)
    expect(inside(text, 'footer')).toContain('<bdi>Fabrikam &lt;Sales&gt;</bdi> can help')
    expect(text).not.toContain('dynamics-connect')
  })

  test('shows a logo that follows the colour scheme without a plate', () => {
    const svg = '<svg><style>@media (prefers-color-scheme: dark) {}</style></svg>'
    const logo = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
    expect(aPage({}, aView('en', { name: 'x', logo })).text).toContain(`<img src="${logo}" alt="">`)
  })

  test('may use its own styles, each by its hash', () => {
    const { text, ...rest } = aPage({}, aView('en', BRAND))
    const styles = allInside(text, 'style')
    expect(styles[1]).toContain('--brand:#c2410c')
    const policy = policyOf({ text, ...rest })
    expect(policy).toContain(`style-src ${styles.map(hashOf).join(' ')}`)
    expect(policy).not.toContain('script-src')
    expect(text).not.toContain('<script')
  })

  test('may use its own script, by its hash', () => {
    const answer = aPage({ script: SCRIPT })
    expect(allInside(answer.text, 'script')).toEqual([SCRIPT])
    expect(policyOf(answer)).toMatch(/script-src [^ ]+$/)
    expect(policyOf(answer)).toContain(`script-src ${hashOf(SCRIPT)}`)
  })

  test('has the script of a copy field, beside its own', () => {
    const content = copyField(aView(), { name: 'link', label: 'Link', value: 'x' })
    const answer = aPage({ content, script: SCRIPT })
    const scripts = allInside(answer.text, 'script')
    expect(scripts).toEqual([expect.stringContaining('button[data-copy]'), SCRIPT])
    expect(policyOf(answer)).toContain(`script-src ${scripts.map(hashOf).join(' ')}`)
  })

  test('may show a picture only where there is a logo', () => {
    expect(policyOf(aPage({}, aView('en', BRAND)))).toContain('; img-src data:')
    expect(policyOf(aPage())).not.toContain('img-src')
  })

  test('may send a form only where there is one, and to the service alone', () => {
    const content = formButton({ action: '/connector/authorize', fields: {}, label: 'Go' })
    expect(policyOf(aPage({ content }))).toContain("form-action 'self';")
    expect(policyOf(aPage({ content: html`${'<form >'}` }))).toContain("form-action 'none';")
  })

  test('goes on by itself only where it is to', () => {
    expect(aPage().headers).not.toHaveProperty('refresh')
    expect(aPage({ refresh: { seconds: 2 } }).headers.refresh).toBe('2')
    const url = 'https://login.example/?a=1;b'
    expect(aPage({ refresh: { seconds: 0, url } }).headers.refresh).toBe(`0;url=${url}`)
  })

  test('loads nothing from anywhere', () => {
    expect(aPage({ script: SCRIPT }).text).not.toMatch(/\b(src|href|action|style)=|url\(|@import/)
  })
})
