import { describe, expect, test } from 'vitest'
import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  AuthorizationRequests,
} from '../../functions/domain/authorization-request.ts'
import { digestOf } from '../../functions/domain/sign-in-token.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'
import { anAuthorizationRequest, aReason } from '../support/builders.ts'

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
      const returnTarget = { targetOrigin: 'https://p.example/x?y=1', callbackMessage: undefined }
      const { request, consume } = await created(anAuthorizationRequest({ returnTarget }))
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
      ['failure', { outcome: 'failed', reason: aReason({ who: 'administrator' }) }],
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
