import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { signInLinkParameters } from '../../../functions/http/sign-in-link.ts'
import {
  errorPage,
  inProgressPage,
  obstaclePage,
  startAgainPage,
} from '../../../functions/http/sign-in-pages.ts'
import { aView } from '../../support/a-view.ts'
import { answered } from '../support/answered.ts'
import { attribute, dataOf } from '../support/markup.ts'

const aLink = (parts: Readonly<Record<string, string>> = {}) =>
  signInLinkParameters(
    new Map(
      Object.entries({
        id: '42',
        token: 'canary',
        targetOrigin: 'https://partner.example/a?b=1',
        ...parts,
      }),
    ),
  )

describe('a link that leads nowhere', () => {
  test.each([
    ['link_invalid', 403],
    ['link_expired', 403],
    ['link_used', 403],
    ['link_worn_out', 403],
    ['resource_not_enabled', 409],
    ['environment_of_other_organization', 409],
    ['app_not_registered', 503],
  ] as const)('%s has a page of status %i with the way back', (obstacle, status) => {
    const page = answered(obstaclePage(aView(), aLink(), obstacle))
    expect(page.status).toBe(status)
    expect(page.text).toMatch(/<h1>[^<]{10,}<\/h1>\n<p>.{10,}<\/p>/)
    expect(attribute(page.text, 'href')).toBe(
      'https://partner.example/a?b=1&connectionId=42&status=failed',
    )
    expect(page.text).not.toContain('canary')
  })

  test('has no way back to an address that is not allowed', () => {
    const { status, text } = answered(obstaclePage(aView(), aLink(), 'target_not_allowed'))
    expect(status).toBe(400)
    expect(text).not.toContain('href')
    expect(text).not.toContain('partner.example')
  })

  test('is told to a window that waits for a message', () => {
    const link = aLink({ targetOrigin: 'https://partner.example', responseMode: 'message' })
    const { text } = answered(obstaclePage(aView(), link, 'link_expired'))
    expect(attribute(text, 'href')).toBe('https://partner.example')
    expect(dataOf(text)).toEqual({
      origin: 'https://partner.example',
      message: {
        source: 'dynamics-connect',
        connectionId: 42,
        status: 'failed',
        code: 'link_expired',
      },
      closes: false,
    })
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
