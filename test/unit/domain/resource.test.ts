import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CloudName } from '../../../functions/domain/clouds.ts'
import { hostOf, parseResource } from '../../../functions/domain/resource.ts'
import { aResource } from '../../support/builders.ts'

const EVERY_CLOUD: readonly CloudName[] = ['commercial', 'usgov-high', 'usgov-dod', 'china']
const CANONICAL = 'https://contoso.crm4.dynamics.com'

describe('an address that is accepted', () => {
  test.each([
    ['https://contoso.crm.dynamics.com', 'https://contoso.crm.dynamics.com', 'commercial'],
    [CANONICAL, CANONICAL, 'commercial'],
    ['https://contoso.crm4.dynamics.com/', CANONICAL, 'commercial'],
    ['HTTPS://Contoso.CRM4.Dynamics.COM', CANONICAL, 'commercial'],
    ['https://contoso.crm9.dynamics.com', 'https://contoso.crm9.dynamics.com', 'commercial'],
    ['https://contoso.crm23.dynamics.com', 'https://contoso.crm23.dynamics.com', 'commercial'],
    ['https://c.crm.dynamics.com', 'https://c.crm.dynamics.com', 'commercial'],
    ['https://0rg.crm.dynamics.com', 'https://0rg.crm.dynamics.com', 'commercial'],
    ['https://a--b.crm.dynamics.com', 'https://a--b.crm.dynamics.com', 'commercial'],
    ['https://crm.crm.dynamics.com', 'https://crm.crm.dynamics.com', 'commercial'],
    [
      `https://${'a'.repeat(63)}.crm.dynamics.com`,
      `https://${'a'.repeat(63)}.crm.dynamics.com`,
      'commercial',
    ],
    ['https://a.crm.microsoftdynamics.us', 'https://a.crm.microsoftdynamics.us', 'usgov-high'],
    ['https://a.crm.appsplatform.us', 'https://a.crm.appsplatform.us', 'usgov-dod'],
    ['https://a.crm.dynamics.cn', 'https://a.crm.dynamics.cn', 'china'],
  ] as const)('%s is the environment %s of %s', (raw, resource, cloud) => {
    const outcome = parseResource(raw, EVERY_CLOUD)
    expect(outcome).toMatchObject({ outcome: 'accepted', resource, cloud: { name: cloud } })
  })

  test('names its host', () => {
    expect(hostOf(aResource(CANONICAL))).toBe('contoso.crm4.dynamics.com')
  })
})

describe('a sloppy address is refused, with what was probably meant', () => {
  test.each([
    'contoso.crm4.dynamics.com',
    'Contoso.CRM4.dynamics.com/',
    'http://contoso.crm4.dynamics.com',
    '  https://contoso.crm4.dynamics.com',
    'https://contoso.crm4.dynamics.com\n',
    'https://contoso.crm4.dynamics.com//',
    'https://contoso.crm4.dynamics.com/main.aspx?appid=1&pagetype=entitylist#x',
    'https://contoso.crm4.dynamics.com/api/data/v9.2/',
    'https://contoso.crm4.dynamics.com?x',
    'https://contoso.crm4.dynamics.com#x',
    'https://contoso.crm4.dynamics.com:443',
    'https://contoso.api.crm4.dynamics.com',
    'https://contoso.api.crm4.dynamics.com/api/data/v9.2',
    'contoso.api.crm4.dynamics.com',
  ])('%j means contoso', (raw) => {
    expect(parseResource(raw, EVERY_CLOUD)).toEqual({
      outcome: 'refused',
      why: 'not the address of a Dynamics 365 environment',
      meant: CANONICAL,
    })
  })
})

describe('a hostile or foreign address is refused, and means nothing', () => {
  test.each([
    ['nothing', ''],
    ['a slash', '/'],
    ['a space', ' '],
    ['no host', 'https://'],
    ['the suffix alone', 'https://crm4.dynamics.com'],
    ['no environment', 'https://.crm4.dynamics.com'],
    ['a marketing address', 'https://dynamics.microsoft.com'],
    ['another Microsoft API', 'https://graph.microsoft.com'],
    ['the closed German cloud', 'https://a.crm.microsoftdynamics.de'],
    ['userinfo before a foreign host', 'https://contoso.crm4.dynamics.com@evil.example'],
    ['userinfo', 'https://user:pass@contoso.crm4.dynamics.com'],
    ['a longer foreign host', 'https://contoso.crm4.dynamics.com.evil.example'],
    ['a foreign host that ends alike', 'https://contoso.crm4.evildynamics.com'],
    ['a foreign host in front', 'https://evil.example/contoso.crm4.dynamics.com'],
    ['a dot that is none', 'https://contoso.crm4xdynamics.com'],
    ['a region of three digits', 'https://contoso.crm123.dynamics.com'],
    ['a region that is no number', 'https://contoso.crmx.dynamics.com'],
    ['a sub-environment', 'https://a.contoso.crm4.dynamics.com'],
    ['a trailing dot', 'https://contoso.crm4.dynamics.com.'],
    ['an underscore', 'https://con_toso.crm4.dynamics.com'],
    ['a leading hyphen', 'https://-contoso.crm4.dynamics.com'],
    ['a trailing hyphen', 'https://contoso-.crm4.dynamics.com'],
    ['a label of 64', `https://${'a'.repeat(64)}.crm4.dynamics.com`],
    ['punycode', 'https://xn--contso-3ya.crm4.dynamics.com'],
    ['a second scope', 'https://contoso.crm4.dynamics.com .default'],
    [
      'a second scope in the path',
      'https://contoso.crm4.dynamics.com/ https://graph.microsoft.com',
    ],
    ['an encoded space', 'https://contoso%20.crm4.dynamics.com'],
    ['an encoded dot', 'https://contoso%2ecrm4.dynamics.com'],
    ['a plus', 'https://contoso+x.crm4.dynamics.com'],
    ['backslashes', 'https:\\\\contoso.crm4.dynamics.com'],
    ['a backslash before a foreign host', 'https://contoso.crm4.dynamics.com\\@evil.example'],
    ['no slashes', 'https:contoso.crm4.dynamics.com'],
    ['a tab inside', 'https://con\ttoso.crm4.dynamics.com'],
    ['a line break inside', 'https://contoso.crm4\r\n.dynamics.com'],
    ['a null', 'https://contoso\0.crm4.dynamics.com'],
    ['a full-width dot', 'https://contoso\uff0ecrm4.dynamics.com'],
    ['an ideographic dot', 'https://contoso\u3002crm4.dynamics.com'],
    ['a soft hyphen', 'https://con\u00adtoso.crm4.dynamics.com'],
    ['a zero-width space', 'https://con\u200btoso.crm4.dynamics.com'],
    ['a ligature', 'https://o\ufb03ce.crm4.dynamics.com'],
    ['a circled letter', 'https://\u24d2ontoso.crm4.dynamics.com'],
    ['a Cyrillic letter', 'https://c\u043entoso.crm4.dynamics.com'],
    ['a Kelvin sign, which lower-cases to an ASCII k', 'https://\u212aontoso.crm4.dynamics.com'],
    ['a dotted capital I', 'https://\u0130nc.crm4.dynamics.com'],
    ['an IP address', 'https://127.0.0.1'],
    ['an IPv6 address', 'https://[::1]'],
    ['a number', 'https://2130706433'],
    ['a script', 'javascript:alert(1)'],
    ['far too much', `https://contoso.crm4.dynamics.com/${'a'.repeat(10_000)}`],
  ])('%s', (_, raw) => {
    expect(parseResource(raw, EVERY_CLOUD)).toEqual({
      outcome: 'refused',
      why: 'not the address of a Dynamics 365 environment',
      meant: undefined,
    })
  })

  test.each(['admin', 'api', 'dev', 'disco', 'globaldisco', 'make', 'port', 'www', 'GlobalDisco'])(
    "%s is Microsoft's own service, not an environment",
    (label) => {
      const outcome = parseResource(`https://${label}.crm4.dynamics.com`, EVERY_CLOUD)
      expect(outcome).toMatchObject({ outcome: 'refused', meant: undefined })
    },
  )
})

describe('clouds that the deployment is not registered in', () => {
  test.each([
    ['https://a.crm.microsoftdynamics.us', 'usgov-high'],
    ['https://a.crm.appsplatform.us', 'usgov-dod'],
    ['https://a.crm.dynamics.cn', 'china'],
  ])('%s is refused by the name of its cloud', (raw, cloud) => {
    expect(parseResource(raw, ['commercial'])).toEqual({
      outcome: 'refused',
      why: `environments of the cloud ${cloud} are not enabled in this deployment`,
      meant: undefined,
    })
  })

  test('without any cloud, nothing is accepted', () => {
    expect(parseResource(CANONICAL, []).outcome).toBe('refused')
  })
})

describe('whatever the text', () => {
  const LABEL = fc.stringMatching(/^[a-zA-Z0-9-]{0,66}$/)
  const ANY = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.webUrl(),
    fc
      .tuple(
        fc.constantFrom('https://', 'HTTPS://', 'http://', '', 'https:', ' '),
        fc.oneof(LABEL, fc.string({ unit: 'grapheme', maxLength: 5 })),
        fc.constantFrom('.crm4.dynamics.com', '.api.crm.dynamics.com', '.crm.dynamics.cn', '.x'),
        fc.constantFrom('', '/', '//', '?a', '#', ':443', '@evil.example', '.'),
      )
      .map((parts) => parts.join('')),
  )

  test('it never throws, and what is accepted is canonical and stays so', () => {
    fc.assert(
      fc.property(ANY, (raw) => {
        const outcome = parseResource(raw, EVERY_CLOUD)
        if (outcome.outcome === 'refused') return
        const { resource } = outcome
        expect(resource).toBe(new URL(raw).origin)
        expect(resource).toBe(raw.toLowerCase().replace(/\/$/, ''))
        expect(parseResource(resource, EVERY_CLOUD)).toEqual(outcome)
      }),
      { numRuns: 3000 },
    )
    expect.hasAssertions()
  })

  test('what was meant would be accepted itself', () => {
    fc.assert(
      fc.property(ANY, (raw) => {
        const outcome = parseResource(raw, EVERY_CLOUD)
        if (outcome.outcome === 'accepted' || outcome.meant === undefined) return
        const again = parseResource(outcome.meant, EVERY_CLOUD)
        expect(again).toMatchObject({ outcome: 'accepted', resource: outcome.meant })
      }),
      { numRuns: 3000 },
    )
    expect.hasAssertions()
  })

  test('what was meant is in a cloud that is enabled', () => {
    const outcome = parseResource('http://contoso.crm.dynamics.cn', ['commercial'])
    expect(outcome).toMatchObject({ outcome: 'refused', meant: undefined })
  })
})
