import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReturnTarget } from '../../../functions/domain/authorization-request.ts'
import { endedPage } from '../../../functions/http/ended-pages.ts'
import type { SignInResult } from '../../../functions/http/partner-message.ts'
import { aView } from '../../support/a-view.ts'
import { anAuthorizationRequest, aReturnTarget } from '../../support/builders.ts'
import { answered } from '../support/answered.ts'
import { dataOf, scriptOf } from '../support/markup.ts'

const ORIGIN = 'https://partner.example'
const CONNECTED = { connectionId: 42, status: 'connected' } as const
const TO_CONFIRM = {
  connectionId: 42,
  status: 'confirmation_required',
  completionId: 'the-completion-id',
} as const

function ended(
  target: Partial<ReturnTarget>,
  result: SignInResult & { status: 'connected' | 'confirmation_required' } = CONNECTED,
) {
  const returnTarget = aReturnTarget({ targetOrigin: ORIGIN, ...target })
  return answered(endedPage(aView(), anAuthorizationRequest({ returnTarget }), result))
}

describe('without a message', () => {
  test('the browser goes back with connection and status', () => {
    const { status, headers } = ended({ targetOrigin: `${ORIGIN}/done?a=1#x` })
    expect(status).toBe(303)
    expect(headers.location).toBe(`${ORIGIN}/done?a=1&connectionId=42&status=connected#x`)
  })

  test('a sign-in to confirm goes back with its completion id', () => {
    const { headers } = ended({}, TO_CONFIRM)
    expect(headers.location).toBe(
      `${ORIGIN}/?connectionId=42&status=confirmation_required&completionId=the-completion-id`,
    )
  })
})

describe('with a message of the partner’s own', () => {
  test('the page carries it to that one origin, and nothing else', () => {
    const { status, text } = ended({ callbackMessage: 'the "message" <x>' })
    expect(status).toBe(200)
    expect(dataOf(text)).toEqual({ origin: ORIGIN, words: 'the "message" <x>', closes: true })
    expect(text).toContain('You can close this window and go back to <bdi>partner.example</bdi>')
  })

  test('a sign-in to confirm is told by its completion id instead, since it is not done', () => {
    const { text } = ended({ callbackMessage: 'done' }, TO_CONFIRM)
    expect(dataOf(text)).toEqual({
      origin: ORIGIN,
      message: { source: 'dynamics-connect', ...TO_CONFIRM },
      closes: true,
    })
  })
})

describe('with messages of the service', () => {
  test.each([CONNECTED, TO_CONFIRM])('the page carries %j', (result) => {
    const { text } = ended({ mode: 'message' }, result)
    const message = { source: 'dynamics-connect', ...result }
    expect(dataOf(text)).toEqual({ origin: ORIGIN, message, closes: true })
  })

  test('both are told where both were asked for', () => {
    const { text } = ended({ mode: 'message', callbackMessage: 'done' })
    expect(dataOf(text)).toMatchObject({ words: 'done', message: { status: 'connected' } })
  })
})

describe('the script', () => {
  test('is the same for every message, and allowed by its hash', () => {
    const { text, headers } = ended({ callbackMessage: 'one' })
    const script = scriptOf(text)
    const hash = createHash('sha256').update(script).digest('base64')
    expect(headers['content-security-policy']).toContain(`script-src 'sha256-${hash}'`)
    expect(scriptOf(ended({ mode: 'message', targetOrigin: 'https://other.example' }).text)).toBe(
      script,
    )
  })

  test('is the only one, whatever the message', () => {
    const nasty = fc.string().map((text) => `"'></p><script>${text}</script>`)
    const isHarmless = (callbackMessage: string) => {
      const { text } = ended({ callbackMessage })
      return text.split('<script').length === 2 && dataOf(text)?.words === callbackMessage
    }
    expect(fc.check(fc.property(nasty, isHarmless)).failed).toBe(false)
  })

  test.each([
    { where: 'a window that was opened', opener: 'opener', parent: undefined, told: ['opener'] },
    { where: 'a frame', opener: undefined, parent: 'parent', told: ['parent'] },
    {
      where: 'a window that a frame opened',
      opener: 'frame',
      parent: undefined,
      told: ['frame', 'frame’s parent'],
    },
    { where: 'a window of its own', opener: undefined, parent: undefined, told: [] },
  ])('in $where tells exactly whoever may wait', ({ opener, parent, told }) => {
    const posted: unknown[] = []
    let closed = false
    const another = (name: string) => ({
      postMessage: (...message: unknown[]) => posted.push([name, ...message]),
    })
    const opened = opener && { ...another(opener), parent: undefined as unknown }
    if (opened) opened.parent = opener === 'frame' ? another('frame’s parent') : opened
    const window: Record<string, unknown> = {
      ...another('self'),
      close: () => {
        closed = true
      },
      opener: opened ?? null,
    }
    window.parent = parent ? another(parent) : window
    const dataset = { origin: ORIGIN, words: 'words', message: '{"a":1}', closes: '' }
    const document = { getElementById: (id: string) => (id === 'partner' ? { dataset } : null) }
    runInNewContext(scriptOf(ended({ mode: 'message' }).text), { window, document, JSON, Set })
    expect(posted).toEqual(
      told.flatMap((name) => [
        [name, 'words', ORIGIN],
        [name, { a: 1 }, ORIGIN],
      ]),
    )
    expect(closed).toBe(opener !== undefined)
  })
})
