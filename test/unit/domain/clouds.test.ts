import { describe, expect, test } from 'vitest'
import { authorityOf, isGuid, scopeFor } from '../../../functions/domain/authority.ts'
import { CLOUDS, cloudNamed, cloudOfSuffix } from '../../../functions/domain/clouds.ts'
import { RESOURCE, TENANT } from '../../support/builders.ts'

describe('clouds', () => {
  test.each([
    ['crm.dynamics.com', 'commercial', 'login.microsoftonline.com'],
    ['crm4.dynamics.com', 'commercial', 'login.microsoftonline.com'],
    ['crm9.dynamics.com', 'commercial', 'login.microsoftonline.com'],
    ['crm22.dynamics.com', 'commercial', 'login.microsoftonline.com'],
    ['crm.microsoftdynamics.us', 'usgov-high', 'login.microsoftonline.us'],
    ['crm.appsplatform.us', 'usgov-dod', 'login.microsoftonline.us'],
    ['crm.dynamics.cn', 'china', 'login.partner.microsoftonline.cn'],
  ])('environments under %s belong to %s and sign in at %s', (suffix, name, loginHost) => {
    expect(cloudOfSuffix(suffix)).toMatchObject({ name, loginHost })
  })

  test.each([
    'crm123.dynamics.com',
    'dynamics.com',
    'xcrm.dynamics.com',
    'crm.dynamics.com.evil.example',
    'crm4.dynamics.cn',
    'crm9.microsoftdynamics.us',
    'crm.microsoftdynamics.de',
    '',
  ])('no cloud owns %j', (suffix) => {
    expect(cloudOfSuffix(suffix)).toBeUndefined()
  })

  test('a cloud is found by its name, and only by it', () => {
    for (const cloud of CLOUDS) expect(cloudNamed(cloud.name)).toBe(cloud)
    expect(cloudNamed('Commercial')).toBeUndefined()
    expect(cloudNamed('toString')).toBeUndefined()
  })

  test('no environment belongs to two clouds', () => {
    const suffixes = ['crm.dynamics.com', 'crm.microsoftdynamics.us', 'crm.appsplatform.us']
    for (const suffix of [...suffixes, 'crm.dynamics.cn']) {
      const owners = CLOUDS.filter((cloud) => cloud.environmentSuffix.test(suffix))
      expect(owners).toHaveLength(1)
    }
  })
})

describe('authority', () => {
  const [commercial] = CLOUDS
  const loginHost = 'login.microsoftonline.com'

  test("is the environment's own tenant where it is known", () => {
    const authority = commercial && authorityOf(commercial, TENANT)
    expect(authority).toEqual({ loginHost, tenant: TENANT })
  })

  test('is any work or school account where it is not, never a personal one', () => {
    const authority = commercial && authorityOf(commercial, undefined)
    expect(authority).toEqual({ loginHost, tenant: 'organizations' })
  })

  test('the scope asks for one environment and for tokens that can be renewed', () => {
    expect(scopeFor(RESOURCE)).toBe(
      'https://contoso.crm4.dynamics.com/user_impersonation offline_access openid profile',
    )
  })

  test.each([
    [TENANT, true],
    [TENANT.toUpperCase(), false],
    [`${TENANT}\n`, false],
    [` ${TENANT}`, false],
    [`{${TENANT}}`, false],
    ['organizations', false],
    ['{tenantid}', false],
    ['7a7a7a7a1111422283334444444444', false],
    ['', false],
  ])('whether %j is a tenant id: %s', (text, expected) => {
    expect(isGuid(text)).toBe(expected)
  })
})
