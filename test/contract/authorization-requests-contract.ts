import { describe, expect, test } from 'vitest'
import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  AuthorizationRequests,
  FailedAuthorization,
  OfferedEnvironments,
} from '../../functions/domain/authorization-request.ts'
import { digestOf } from '../../functions/domain/sign-in-token.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'
import {
  anAuthorizationRequest,
  aReason,
  aReturnTarget,
  aUser,
  RESOURCE,
  TENANT,
} from '../support/builders.ts'

function aFailure(more: Partial<FailedAuthorization>): FailedAuthorization {
  const reason = aReason({ who: 'administrator' })
  return { outcome: 'failed', reason, account: undefined, correlationId: undefined, ...more }
}

function anOffer(): OfferedEnvironments {
  const sales = { resource: RESOURCE, name: 'Sales', region: 'EUR', purpose: 'sandbox' } as const
  return {
    outcome: 'environments_offered',
    environments: [sales, { ...sales, region: undefined }],
    user: aUser({ name: undefined }),
    sealedRefreshToken: new Uint8Array([1, 2, 3]),
  }
}

/** What every store of authorization requests promises. */
export function authorizationRequestsContract(
  name: string,
  makeRequests: () => Promise<AuthorizationRequests>,
): void {
  describe(`${name}: authorization requests`, () => {
    const NOW = at(MINUTE)
    const anotherBrowser = digestOf('another browser')

    const created = async (request: AuthorizationRequest = anAuthorizationRequest()) => {
      const requests = await makeRequests()
      await requests.create(request)
      const consume = (now = NOW, browserBinding = request.browserBinding) =>
        requests.consume(request.id, browserBinding, now)
      return { requests, request, consume }
    }

    test('a request is consumed once and comes back as it was made', async () => {
      const { request, consume } = await created()
      expect(await consume()).toEqual({ outcome: 'consumed', request })
      expect(await consume()).toEqual({
        outcome: 'already_consumed',
        request,
        consumedAt: NOW,
        result: undefined,
      })
    })

    test('a request without callback message comes back without one', async () => {
      const returnTarget = {
        targetOrigin: 'https://p.example/x?y=1',
        callbackMessage: undefined,
        mode: 'redirect' as const,
      }
      const { request, consume } = await created(anAuthorizationRequest({ returnTarget }))
      expect(await consume()).toEqual({ outcome: 'consumed', request })
    })

    test.each<[string, Partial<AuthorizationRequest>]>([
      ['for a typed environment', { wanted: { kind: 'typed', resource: RESOURCE } }],
      ['to find an environment', { wanted: { kind: 'to_find', cloud: 'usgov-dod' } }],
      [
        'with all that a partner can ask for',
        {
          terms: {
            expectedTenantId: TENANT,
            expectedObjectId: aUser().objectId,
            allowsUserChange: true,
            needsConfirmation: true,
          },
        },
      ],
      ['that tells the partner by message', { returnTarget: aReturnTarget({ mode: 'message' }) }],
      ['in a language', { language: 'zh-Hans' }],
    ])('a request %s comes back as it was made', async (_, parts) => {
      const { request, consume } = await created(anAuthorizationRequest(parts))
      expect(await consume()).toEqual({ outcome: 'consumed', request })
    })

    test('of 20 consumers at once, one goes on', async () => {
      const { request, consume } = await created()
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => consume()))
      const consumed = outcomes.filter(({ outcome }) => outcome === 'consumed')
      expect(consumed).toHaveLength(1)
      const others = outcomes.filter(({ outcome }) => outcome !== 'consumed')
      expect(others).toEqual(
        Array.from({ length: 19 }, () => ({
          outcome: 'already_consumed',
          request,
          consumedAt: NOW,
          result: undefined,
        })),
      )
    })

    test('a request that was never made is unknown', async () => {
      const { requests } = await created()
      const { id, browserBinding } = anAuthorizationRequest()
      expect(await requests.consume(id, browserBinding, NOW)).toEqual({ outcome: 'unknown' })
    })

    test("another browser's request is unknown, and stays good for its own browser", async () => {
      const { request, consume } = await created()
      expect(await consume(NOW, anotherBrowser)).toEqual({ outcome: 'unknown' })
      expect(await consume()).toEqual({ outcome: 'consumed', request })
    })

    test('another browser learns nothing of a consumed, completed or expired request', async () => {
      const { requests, request, consume } = await created()
      expect(await consume(at(60 * MINUTE), anotherBrowser)).toEqual({ outcome: 'unknown' })
      await consume()
      expect(await consume(NOW, anotherBrowser)).toEqual({ outcome: 'unknown' })
      await requests.complete(request.id, { outcome: 'connected' })
      expect(await consume(NOW, anotherBrowser)).toEqual({ outcome: 'unknown' })
    })

    test('a request ends at its time, not when the store gets round to deleting it', async () => {
      const { request, consume } = await created()
      const time = request.expiresAt.getTime()
      expect(await consume(new Date(time))).toEqual({ outcome: 'expired' })
      expect(await consume(new Date(time + 24 * 60 * MINUTE))).toEqual({ outcome: 'expired' })
      expect(await consume(new Date(time - 1))).toEqual({ outcome: 'consumed', request })
    })

    test.each<[string, AuthorizationOutcome]>([
      ['success', { outcome: 'connected' }],
      ['failure', aFailure({})],
      ['failure in full', aFailure({ account: 'ada@contoso.example', correlationId: TENANT })],
      ['wait for the partner', { outcome: 'confirmation_required' }],
      ['offer of environments', anOffer()],
    ])('a reload shows the %s', async (_, result) => {
      const { requests, request, consume } = await created()
      await consume()
      await requests.complete(request.id, result)
      const again = { outcome: 'already_consumed', request, consumedAt: NOW, result }
      expect(await consume()).toEqual(again)
      expect(await consume()).toEqual(again)
    })

    test('a reload after the time is over still shows the outcome', async () => {
      const { requests, request, consume } = await created()
      await consume()
      await requests.complete(request.id, { outcome: 'connected' })
      const late = await consume(at(20 * MINUTE))
      expect(late).toMatchObject({ outcome: 'already_consumed', result: { outcome: 'connected' } })
    })

    test('its own browser finds it, before and after it has ended', async () => {
      const { requests, request, consume } = await created()
      const find = (browserBinding = request.browserBinding) =>
        requests.find(request.id, browserBinding)
      expect(await find()).toEqual({ request, result: undefined })
      await consume()
      await requests.complete(request.id, anOffer())
      expect(await find()).toEqual({ request, result: anOffer() })
      expect(await find(anotherBrowser)).toBeUndefined()
      expect(await requests.find(digestOf('never made'), request.browserBinding)).toBeUndefined()
    })

    test('completing a request that is gone does not bring it back', async () => {
      const { requests } = await created()
      const { id, browserBinding } = anAuthorizationRequest()
      await requests.complete(id, { outcome: 'connected' })
      expect(await requests.consume(id, browserBinding, NOW)).toEqual({ outcome: 'unknown' })
    })

    test('requests do not touch each other', async () => {
      const { requests, request, consume } = await created()
      const other = anAuthorizationRequest({ browserBinding: request.browserBinding })
      await requests.create(other)
      await consume()
      await requests.complete(request.id, { outcome: 'connected' })
      expect(await requests.consume(other.id, other.browserBinding, NOW)).toEqual({
        outcome: 'consumed',
        request: other,
      })
    })
  })
}
