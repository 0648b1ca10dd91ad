import { describe, expect, test } from 'vitest'
import { parsePeopleProvider } from '../../../functions/domain/people-provider.ts'

const FIELDS = {
  issuer: 'https://login.example/tenant',
  clientId: 'console',
  clientSecret: 'canary-secret',
  people: ['@partner.example'],
}

const parsed = (fields: object) => parsePeopleProvider({ ...FIELDS, ...fields })
const problems = (fields: object) => {
  const result = parsed(fields)
  return result.outcome === 'invalid' ? result.problems : []
}

describe('a provider', () => {
  test('is what was filled in, without the spaces around it and lines that are empty', () => {
    const people = [' @partner.example ', '', 'groups=operators']
    const spaced = { issuer: ` ${FIELDS.issuer} `, clientId: ' console', people }
    const provider = { ...FIELDS, people: ['@partner.example', 'groups=operators'] }
    expect(parsed(spaced)).toEqual({ outcome: 'valid', provider })
  })

  test.each([undefined, '', ' '])('may have no client secret: %j', (clientSecret) => {
    const { clientSecret: _, ...provider } = FIELDS
    expect(parsed({ clientSecret })).toEqual({ outcome: 'valid', provider })
  })

  test.each([
    'https://login.example',
    'https://login.example/',
    'https://login.example:8443/a/b/',
    'http://localhost:4000/x',
    'http://127.0.0.1',
  ])('has its issuer to the letter: %s', (issuer) => {
    expect(parsed({ issuer })).toMatchObject({ provider: { issuer } })
  })

  test('is known by the address of its metadata too', () => {
    const issuer = `${FIELDS.issuer}/.well-known/openid-configuration`
    expect(parsed({ issuer })).toMatchObject({ provider: { issuer: FIELDS.issuer } })
  })

  test.each([
    ['', 'write the issuer as its provider names it, e.g. https://login.example.com'],
    ['login.example', 'write the issuer as its provider names it, e.g. https://login.example.com'],
    ['http://login.example', 'write an issuer that begins with https://'],
    ['http://localhost.evil.example', 'write an issuer that begins with https://'],
    ['javascript:alert(1)', 'write an issuer that begins with https://'],
    ['https://login.example?x=1', 'write the issuer without ?, # or a user name'],
    ['https://login.example?', 'write the issuer without ?, # or a user name'],
    ['https://login.example#x', 'write the issuer without ?, # or a user name'],
    ['https://user@login.example', 'write the issuer without ?, # or a user name'],
  ])('is not at the issuer %j', (issuer, message) => {
    expect(problems({ issuer })).toEqual([{ field: 'issuer', message }])
  })

  test.each([null, 7, [], 'text', { people: 'ana@partner.example' }])(
    'is not what is no provider at all: %j',
    (value) => {
      const result = parsePeopleProvider(value)
      expect(result.outcome === 'invalid' && result.problems.map(({ field }) => field)).toEqual([
        'issuer',
        'clientId',
        'people',
      ])
    },
  )

  test('is told everything that is wrong at once', () => {
    const wrong = { clientId: 'münchen', clientSecret: 'a\nb', people: ['ana', '@x'] }
    expect(problems(wrong).map(({ field }) => field)).toEqual([
      'clientId',
      'clientSecret',
      'people',
      'people',
    ])
    expect(JSON.stringify(problems({ clientSecret: 'canary\u0000' }))).not.toContain('canary')
  })

  test('may let nobody in, and no endless list', () => {
    expect(parsed({ people: [] })).toMatchObject({ provider: { people: [] } })
    const people = Array.from({ length: 201 }, (_, index) => `p${index}@partner.example`)
    expect(problems({ people })).toEqual([
      {
        field: 'people',
        message: 'write at most 200 entries; a domain or a group lets in many',
      },
    ])
  })
})
