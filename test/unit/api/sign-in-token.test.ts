import { describe, expect, test } from 'vitest'
import { NO_TERMS } from '../../../functions/domain/sign-in-terms.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { utc } from '../../../functions/http/account-connector.ts'
import { at, DAY, MINUTE } from '../../fakes/hand-clock.ts'
import { OTHER_TENANT, TENANT } from '../../support/builders.ts'
import { ACCOUNT, apiScene, refusal } from './support.ts'

const ROUTE = 'POST /v1.0/accounts/{accountId}/signintoken'

/** Asks for a link of Ada's, as the body says beside. */
async function asked(body: Readonly<Record<string, unknown>> = {}) {
  const scene = apiScene()
  const { signInTokens } = scene.world
  const answer = await scene.call(ROUTE, {
    variables: { accountId: ACCOUNT },
    body: { Username: 'ada', ...body },
  })
  const { Token = '', ExpiresAtUtc } = answer.body as { Token?: string; ExpiresAtUtc?: string }
  return { answer, expiresAtUtc: ExpiresAtUtc, stored: signInTokens.find(digestOf(Token)) }
}

describe('the lifetime of a link', () => {
  test.each([
    [undefined, 5 * MINUTE, false],
    [null, 5 * MINUTE, false],
    [1, MINUTE, false],
    [5, 5 * MINUTE, false],
    [6, 6 * MINUTE, true],
    [10_080, 7 * DAY, true],
  ])('of LifetimeMinutes %j', async (LifetimeMinutes, lifetimeMs, isMailed) => {
    const { answer, expiresAtUtc, stored } = await asked({ LifetimeMinutes })
    expect(answer.status).toBe(200)
    expect(expiresAtUtc).toBe(utc(at(lifetimeMs)))
    expect(stored).toMatchObject({ accountId: ACCOUNT, expiresAt: at(lifetimeMs), isMailed })
  })

  test.each([0, -1, 10_081, 1.5, '5', '', true, [5], {}, 1e99])(
    'is not %j',
    async (LifetimeMinutes) => {
      const { answer } = await asked({ LifetimeMinutes })
      expect(answer).toMatchObject({ status: 400, body: refusal('request_invalid') })
      expect(answer.text).toContain('LifetimeMinutes as a whole number from 1 to 10080')
    },
  )
})

describe('whom a link is for', () => {
  test('is anybody who may open it, unless the partner says', async () => {
    const { stored } = await asked()
    expect(stored?.terms).toEqual(NO_TERMS)
  })

  test('is stored as asked', async () => {
    const { stored } = await asked({
      TenantId: TENANT,
      UserObjectId: OTHER_TENANT,
      AllowUserChange: true,
      ConfirmationRequired: true,
    })
    expect(stored?.terms).toEqual({
      expectedTenantId: TENANT,
      expectedObjectId: OTHER_TENANT,
      allowsUserChange: true,
      needsConfirmation: true,
    })
  })

  test('is one thing at a time where one thing was asked', async () => {
    const terms = async (body: Readonly<Record<string, unknown>>) =>
      (await asked(body)).stored?.terms
    expect(await terms({ TenantId: TENANT })).toEqual({ ...NO_TERMS, expectedTenantId: TENANT })
    expect(await terms({ UserObjectId: TENANT })).toEqual({ ...NO_TERMS, expectedObjectId: TENANT })
    expect(await terms({ AllowUserChange: true })).toEqual({ ...NO_TERMS, allowsUserChange: true })
    expect(await terms({ ConfirmationRequired: true })).toEqual({
      ...NO_TERMS,
      needsConfirmation: true,
    })
  })

  test('is anybody when it is null or false', async () => {
    const { stored } = await asked({
      TenantId: null,
      UserObjectId: null,
      AllowUserChange: false,
      ConfirmationRequired: null,
    })
    expect(stored?.terms).toEqual(NO_TERMS)
  })

  test('is the same in capitals', async () => {
    const { stored } = await asked({ TenantId: TENANT.toUpperCase() })
    expect(stored?.terms.expectedTenantId).toBe(TENANT)
  })

  describe.each(['TenantId', 'UserObjectId'])('as %s', (name) => {
    test.each(['', 'canary', 'contoso.onmicrosoft.com', `{${TENANT}}`, `${TENANT}0`, ` ${TENANT}`])(
      'is not %j, and is told what it looks like',
      async (value) => {
        const { answer } = await asked({ [name]: value })
        expect(answer).toMatchObject({ status: 400, body: refusal('request_invalid') })
        expect(answer.text).toMatch(
          new RegExp(`Send ${name} as Microsoft shows it, such as [0-9a-f]{8}(-[0-9a-f]{4}){3}-`),
        )
        expect(answer.text).not.toMatch(/canary|contoso\.onmicrosoft/)
      },
    )

    test.each([7, true, [TENANT], {}])('is not %j', async (value) => {
      const { answer } = await asked({ [name]: value })
      expect(answer).toMatchObject({ status: 400, body: refusal('request_invalid') })
      expect(answer.text).toContain(name)
    })
  })

  describe.each(['AllowUserChange', 'ConfirmationRequired'])('%s', (name) => {
    test.each(['true', 'false', '', 0, 1, [], {}])('is not %j', async (value) => {
      const { answer } = await asked({ [name]: value })
      expect(answer).toMatchObject({ status: 400, body: refusal('request_invalid') })
      expect(answer.text).toContain(`${name} as true or false`)
    })
  })
})

test('the token is shown once and stored by its digest alone', async () => {
  const { answer, stored } = await asked({ LifetimeMinutes: 60, TenantId: TENANT })
  const { Token } = answer.body as { Token: string }
  expect(stored?.digest).toBe(digestOf(Token))
  expect(JSON.stringify(stored)).not.toContain(Token)
})
