import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import {
  adminConsentPage,
  connectedPage,
  errorPage,
  failedPage,
  inProgressPage,
  obstaclePage,
  startAgainPage,
} from '../../../functions/http/sign-in-pages.ts'
import { aView } from '../../support/a-view.ts'
import { anAuthorizationRequest, aReason } from '../../support/builders.ts'
import { answered } from '../support/answered.ts'

const ORIGIN = 'https://partner.example'

/** A request of connection 42 that goes back there. */
const goingBack = (targetOrigin: string, callbackMessage?: string) =>
  anAuthorizationRequest({ connectionId: 42, returnTarget: { targetOrigin, callbackMessage } })

/** What a browser makes of escaped text. */
const unescaped = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

const attribute = (text: string, name: string) =>
  unescaped(new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1] ?? '')

const scriptOf = (text: string) => /<script>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? ''

describe('a link that leads nowhere', () => {
  test.each([
    ['target_not_allowed', 400],
    ['link_invalid', 403],
    ['link_expired', 403],
    ['link_used', 403],
    ['resource_missing', 409],
    ['resource_not_enabled', 409],
    ['app_not_registered', 503],
  ] as const)('%s has a page of status %i without a way on', (obstacle, status) => {
    const page = answered(obstaclePage(aView(), obstacle))
    expect(page.status).toBe(status)
    expect(page.text).toMatch(/<h1>[^<]{10,}<\/h1>\n<p>.{10,}<\/p>/)
    expect(page.text).not.toContain('href')
  })
})

describe('a sign-in that failed', () => {
  test('says why, who can mend it, and leads back', () => {
    const reason = aReason({ who: 'administrator', message: 'Ask <them> & wait.' })
    const { status, text } = answered(
      failedPage(aView(), reason, goingBack(`${ORIGIN}/back?a=1&b=2`)),
    )
    expect(status).toBe(200)
    expect(text).toContain('<p lang="en">Ask &lt;them&gt; &amp; wait.</p>')
    expect(text).toContain('<dd>Your Microsoft administrator</dd>')
    expect(text).toContain('<dd>AADSTS50173</dd>')
    expect(attribute(text, 'href')).toBe(`${ORIGIN}/back?a=1&b=2&connectionId=42&status=failed`)
    expect(text).toContain('Back to <bdi>partner.example</bdi>')
  })

  test('leads back to the origin when the page was to send a message', () => {
    const { text } = answered(failedPage(aView(), aReason(), goingBack(`${ORIGIN}/`, 'done')))
    expect(attribute(text, 'href')).toBe(ORIGIN)
    expect(text).not.toContain('<script')
  })

  test.each([
    'https:partner.example/back',
    'https:\\\\partner.example/back',
    'https:/partner.example/back',
  ])('leads back to the address that was allowed, however it was written: %s', (targetOrigin) => {
    const { text } = answered(failedPage(aView(), aReason(), goingBack(targetOrigin)))
    expect(attribute(text, 'href')).toBe(`${ORIGIN}/back?connectionId=42&status=failed`)
  })

  test('has no script, whatever the reason and the address', () => {
    const nasty = fc.string().map((text) => `"'><script>${text}</script>`)
    const isHarmless = (message: string, code: string, path: string) => {
      const request = goingBack(`${ORIGIN}/${path}`)
      const { text } = answered(failedPage(aView(), aReason({ message, code }), request))
      return !text.includes('<script') && !text.includes('"\'>')
    }
    expect(fc.check(fc.property(nasty, nasty, nasty, isHarmless)).failed).toBe(false)
  })
})

describe('a sign-in that is done, with a message', () => {
  test('carries the message and the one origin that may read it', () => {
    const { status, text } = answered(connectedPage(aView(), 'the "message" <x>', `${ORIGIN}/`))
    expect(status).toBe(200)
    expect(attribute(text, 'data-message')).toBe('the "message" <x>')
    expect(attribute(text, 'data-target')).toBe(ORIGIN)
    expect(text).toContain('You can close this window and go back to <bdi>partner.example</bdi>')
  })

  test('has one script, the same for every message, allowed by its hash', () => {
    const { text, headers } = answered(connectedPage(aView(), 'one', ORIGIN))
    const script = scriptOf(text)
    const hash = createHash('sha256').update(script).digest('base64')
    expect(headers['content-security-policy']).toContain(`script-src 'sha256-${hash}'`)
    expect(scriptOf(answered(connectedPage(aView(), 'two', 'https://other.example')).text)).toBe(
      script,
    )
  })

  test('has no other script, whatever the message', () => {
    const nasty = fc.string().map((text) => `"'></p><script>${text}</script>`)
    const isHarmless = (message: string) => {
      const { text } = answered(connectedPage(aView(), message, ORIGIN))
      return text.split('<script').length === 2 && attribute(text, 'data-message') === message
    }
    expect(fc.check(fc.property(nasty, isHarmless)).failed).toBe(false)
  })

  test.each([
    { where: 'a window that was opened', told: ['opener'], closes: true },
    { where: 'a frame', told: ['parent'], closes: false },
    { where: 'a window of its own', told: [], closes: false },
  ])('in $where tells exactly whoever waits', ({ told, closes }) => {
    const posted: unknown[] = []
    let closed = false
    const partner = (name: string) => ({
      postMessage: (...message: unknown[]) => posted.push([name, ...message]),
    })
    const window: Record<string, unknown> = {
      ...partner('self'),
      close: () => {
        closed = true
      },
    }
    window.parent = told.includes('parent') ? partner('parent') : window
    window.opener = told.includes('opener') ? partner('opener') : null
    const dataset = { message: 'the message', target: ORIGIN }
    const document = { getElementById: (id: string) => (id === 'result' ? { dataset } : null) }
    runInNewContext(scriptOf(answered(connectedPage(aView(), 'x', ORIGIN)).text), {
      window,
      document,
    })
    expect(posted).toEqual(told.map((name) => [name, 'the message', ORIGIN]))
    expect(closed).toBe(closes)
  })
})

test.each(['expired', 'unknown', 'malformed'] as const)(
  'an answer that is %s asks to begin again',
  (why) => {
    const { status, text } = answered(startAgainPage(aView(), why))
    expect(status).toBe(400)
    expect(text).toContain('Nothing was connected or changed')
  },
)

test('a sign-in under way asks for a reload', () => {
  expect(answered(inProgressPage(aView()))).toMatchObject({
    status: 202,
    text: expect.stringContaining('reload the page'),
  })
})

test.each([
  [true, 'Permission granted'],
  [false, 'Permission not granted'],
])('consent that is %s is shown as such', (isGranted, title) => {
  const { status, text } = answered(adminConsentPage(aView(), isGranted))
  expect(status).toBe(200)
  expect(text).toContain(`<h1>${title}</h1>`)
})

describe('a failure, for a person', () => {
  test.each([
    [
      'a request that is not complete',
      new ServiceError('canary', { code: 'request_invalid' }),
      400,
    ],
    ['a store that is down', new ServiceError('canary', { code: 'store_unavailable' }), 503],
    ['a damaged item', new ServiceError('canary', { code: 'item_malformed' }), 500],
    ['an error of somebody else', new Error('canary'), 500],
  ])('is %s, in words that quote nothing', (_, error, expected) => {
    const { status, text } = answered(errorPage(aView(), error, 'Id<="'))
    expect(status).toBe(expected)
    expect(text).toContain('<dd>Id&lt;=&quot;</dd>')
    expect(text).not.toContain('canary')
  })
})
