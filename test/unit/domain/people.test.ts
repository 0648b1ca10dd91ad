import { describe, expect, test } from 'vitest'
import { admissionProblem, isAdmitted, type Person } from '../../../functions/domain/people.ts'

const ANA: Person = {
  subject: '248289761001',
  email: 'Ana.Costa@Partner.example',
  emailVerified: true,
  name: 'Ana Costa',
  claims: {
    groups: ['staff', 'operators'],
    department: 'support',
    level: 7,
    'https://partner.example/roles': ['console'],
  },
}

describe('a person is let in', () => {
  test.each([
    'ana.costa@partner.example',
    ' ANA.COSTA@PARTNER.EXAMPLE ',
    '@partner.example',
    '@PARTNER.example',
    'groups=operators',
    'department=support',
    'https://partner.example/roles=console',
  ])('by %j', (entry) => {
    expect(isAdmitted(ANA, ['nobody@partner.example', entry])).toBe(true)
  })

  test('where the provider does not say whether the address is proven', () => {
    expect(isAdmitted({ ...ANA, emailVerified: undefined }, ['@partner.example'])).toBe(true)
  })
})

describe('a person is not let in', () => {
  test.each([
    'ana@partner.example',
    '@example',
    '@costa@partner.example',
    '@sub.partner.example',
    'groups=operator',
    'groups=Operators',
    'groups=',
    'level=7',
    'toString=[Function: toString]',
    'constructor=Object',
    '',
    '*',
    '@',
    'email=Ana.Costa@Partner.example',
    'email_verified=true',
  ])('by %j', (entry) => {
    expect(isAdmitted(ANA, [entry])).toBe(false)
  })

  test('by an empty list', () => {
    expect(isAdmitted(ANA, [])).toBe(false)
  })

  test('by an address that the provider calls unproven', () => {
    const person = { ...ANA, emailVerified: false }
    expect(isAdmitted(person, ['ana.costa@partner.example', '@partner.example'])).toBe(false)
    expect(isAdmitted(person, ['groups=operators'])).toBe(true)
  })

  test.each([
    undefined,
    '',
    'eve@evil.example@partner.example',
    '"eve@evil.example"@partner.example',
    'eve@evil.example,ana@partner.example',
    ' eve@partner.example',
    '@partner.example',
  ])('by a domain with the address %j', (email) => {
    expect(isAdmitted({ ...ANA, email }, ['@partner.example'])).toBe(false)
  })

  test('by the entry of an address that only looks alike', () => {
    const email = 'ana.costa@partner.example.evil.example'
    const people = ['ana.costa@partner.example', '@partner.example']
    expect(isAdmitted({ ...ANA, email }, people)).toBe(false)
  })
})

describe('an entry', () => {
  test.each(['ana@example.com', '@example.com', 'groups=operators', 'groups=a=b'])(
    'may be %s',
    (entry) => {
      expect(admissionProblem(entry)).toBeUndefined()
    },
  )

  test.each([
    ['ana', '"ana" is none of ana@example.com, @example.com and groups=operators'],
    ['@', '"@" is no domain: write it as @example.com'],
    ['@exam ple.com', '"@exam ple.com" is no domain: write it as @example.com'],
    ['=x', '"=x" is no claim and its value: write them as groups=operators'],
    ['groups=', '"groups=" is no claim and its value: write them as groups=operators'],
    ['email=a@b.example', '"email=a@b.example": write the address alone, or @ and its domain'],
    ['x'.repeat(321), 'write at most 320 characters'],
  ])('%s is told to be wrong', (entry, problem) => {
    expect(admissionProblem(entry)).toBe(problem)
  })
})
