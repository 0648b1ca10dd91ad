import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Html, html, page } from '../../../functions/http/page.ts'
import { answered } from '../support/answered.ts'

const SCRIPT = "\nconsole.log('a < b && c')\n"

const aPage = (script?: string) =>
  answered(
    page({
      statusCode: 418,
      title: 'A title',
      tone: 'neutral',
      content: html`<p>text</p>`,
      ...(script === undefined ? {} : { script }),
    }),
  )

const inside = (text: string, element: string) =>
  new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(text)?.[1] ?? ''

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

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
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect([inside(text, 'title'), inside(text, 'h1')]).toEqual(['A title', 'A title'])
  })

  test('escapes its title', () => {
    const content = html`<p>text</p>`
    const { text } = answered(
      page({ statusCode: 200, title: '<script>x</script>', tone: 'bad', content }),
    )
    expect(text).not.toContain('<script')
  })

  test('may use its own style, by its hash', () => {
    const { headers, text } = aPage()
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain(`style-src ${hashOf(inside(text, 'style'))}`)
    expect(policy).not.toContain('script-src')
    expect(text).not.toContain('<script')
  })

  test('may use its own script, by its hash', () => {
    const { headers, text } = aPage(SCRIPT)
    expect(inside(text, 'script')).toBe(SCRIPT)
    expect(headers['content-security-policy']).toContain(`script-src ${hashOf(SCRIPT)}`)
  })

  test('loads nothing from anywhere', () => {
    expect(aPage(SCRIPT).text).not.toMatch(/\b(src|href|action|style)=|url\(|@import/)
  })
})
