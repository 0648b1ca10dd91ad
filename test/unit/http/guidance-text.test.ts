import { describe, expect, test } from 'vitest'
import { PORTAL_LINKS } from '../../../functions/domain/portal-links.ts'
import type { Situation } from '../../../functions/domain/reason.ts'
import { factsOf, SITUATIONS } from '../../../functions/domain/situations.ts'
import { messageOf, portalLinkOf, textOf } from '../../../functions/http/guidance-text.ts'
import texts from '../../../functions/http/texts/en.json' with { type: 'json' }

const EVERY = Object.keys(SITUATIONS) as Situation[]

/** What only people of the trade understand. */
const JARGON = /\b(tenants?|principals?|grants?|tokens?|consents?|claims?|scopes?|OAuth|AADSTS)\b/i

describe('the English words', () => {
  test('are there for every situation, and for nothing else', () => {
    expect(Object.keys(texts.situations).toSorted()).toEqual(EVERY.toSorted())
    expect(Object.keys(texts.links).toSorted()).toEqual(Object.keys(PORTAL_LINKS).toSorted())
  })

  test.each(EVERY)('for %s are short, whole sentences without jargon', (situation) => {
    const { title, happened, remedy } = textOf(situation)
    expect(title).toMatch(/^[A-Z].{8,48}[^.]$/)
    expect(happened).toMatch(/^[A-Z][^{}<>]{20,}\.$/)
    expect(remedy).toMatch(/^[A-Z][^{}<>]{20,}\.$/)
    expect(happened.match(/[.!?](?= |$)/g)?.length).toBeLessThanOrEqual(2)
    expect(`${title} ${happened} ${remedy}`).not.toMatch(JARGON)
  })

  test('name whoever has to act beside the reader', () => {
    const helper = { administrator: /administrator/, application_owner: /owner/ } as const
    for (const situation of EVERY) {
      const { who } = factsOf(situation)
      if (who === 'user' || who === 'nobody') continue
      expect(textOf(situation).remedy, situation).toMatch(helper[who])
    }
  })

  test('tell every situation from every other', () => {
    const titles = new Set(EVERY.map((situation) => textOf(situation).title))
    const messages = new Set(EVERY.map((situation) => messageOf({ situation })))
    expect([titles.size, messages.size]).toEqual([EVERY.length, EVERY.length])
  })

  test('are one text for an API client', () => {
    const { happened, remedy } = textOf('personal_account')
    expect(messageOf({ situation: 'personal_account' })).toBe(`${happened} ${remedy}`)
  })
})

describe("the way to Microsoft's page", () => {
  test('is a plain address over TLS, at Microsoft', () => {
    for (const url of Object.values(PORTAL_LINKS)) {
      const { protocol, host, search } = new URL(url)
      expect([protocol, search]).toEqual(['https:', ''])
      expect(host).toMatch(/^[a-z.]+\.microsoft(online)?\.com$/)
    }
  })

  test('is there where the situation has one', () => {
    expect(portalLinkOf(texts, 'blocked_by_policy_location')).toEqual({
      url: PORTAL_LINKS.conditional_access,
      label: texts.links.conditional_access,
    })
    expect(portalLinkOf(texts, 'wrong_user')).toBeUndefined()
  })

  test('leads nobody to a page that is for somebody else', () => {
    const forUsers = ['password_reset', 'security_info']
    for (const situation of EVERY) {
      const { link, who } = factsOf(situation)
      if (link) expect(forUsers.includes(link), situation).toBe(who === 'user')
      expect(link !== undefined && who === 'nobody', situation).toBe(false)
    }
  })

  test('is used, each of them', () => {
    const used = new Set(EVERY.map((situation) => factsOf(situation).link))
    expect(Object.keys(PORTAL_LINKS).filter((name) => !used.has(name as never))).toEqual([])
  })
})
