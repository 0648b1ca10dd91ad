import { describe, expect, test } from 'vitest'
import type { RefreshOutcome } from '../../../functions/domain/refresh-outcome.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { at, MINUTE } from '../../fakes/hand-clock.ts'
import { aReason, OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { storedIn } from '../../support/world.ts'
import { connectionsScene, fieldValue, headingOf, readable } from './support/connections-scene.ts'

const LIST = '/console/connections'
const pathOf = ({ id }: { readonly id: number }) => `${LIST}/${id}`

async function revoked({ revocations }: Awaited<ReturnType<typeof connectionsScene>>) {
  const all: unknown[] = []
  for await (const { connectionId, what } of revocations.all()) all.push({ connectionId, what })
  return all
}

describe('a new connection', () => {
  test('is made of an account alone, and its page is next', async () => {
    const { partner, world, log } = await connectionsScene()
    const answer = await partner.post(LIST, { account: ' acme ', name: '', address: '' })
    const [created] = world.all()
    expect(created).toMatchObject({
      accountId: 'acme',
      name: 'Microsoft Dynamics CRM Online',
      resource: undefined,
      status: 'pending',
    })
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe(`${LIST}/${created?.id}?done=created`)
    const page = await partner.get(String(answer.headers.location))
    expect(readable(page)).toContain('The connection is created.')
    expect(log.lines.at(0)).toMatchObject({
      name: 'console_action',
      fields: { reason: 'create', connectionId: created?.id },
    })
  })

  test('takes a name and a plain address', async () => {
    const { partner, world } = await connectionsScene()
    const form = { account: 'acme', name: ' Sales ', address: 'Contoso.crm4.dynamics.com/' }
    expect((await partner.post(LIST, form)).status).toBe(303)
    expect(world.all()).toMatchObject([{ name: 'Sales', resource: RESOURCE }])
  })

  test('shows first what it understood of an address that was pasted, with all that was typed', async () => {
    const { partner, world } = await connectionsScene()
    const pasted = 'https://contoso.crm4.dynamics.com/main.aspx?appid=1'
    const again = await partner.post(LIST, { account: 'acme', name: 'Sales', address: pasted })
    expect(again.status).toBe(422)
    expect(readable(again)).toContain('This is what was understood.')
    expect(fieldValue(again, 'address')).toBe(RESOURCE)
    expect(fieldValue(again, 'account')).toBe('acme')
    expect(fieldValue(again, 'name')).toBe('Sales')
    expect(world.all()).toEqual([])
    const sure = { account: 'acme', name: 'Sales', address: RESOURCE }
    expect((await partner.post(LIST, sure)).status).toBe(303)
  })

  test.each([
    [{ account: '' }, 'Write 1 to 128 characters'],
    [{ account: 'a\u00e9' }, 'Write 1 to 128 characters'],
    [{ account: 'acme', name: 'x'.repeat(201) }, 'a name of 1 to 200'],
    [{ account: 'acme', address: 'example.com' }, 'not the address of a Dynamics 365'],
    [{ account: 'acme', address: 'https://contoso.crm.dynamics.cn' }, 'does not have among'],
  ])('is not made of %o, and says why beside the field', async (form, words) => {
    const { partner, world } = await connectionsScene()
    const again = await partner.post(LIST, form)
    expect(again.status).toBe(422)
    expect(readable(again)).toContain(words)
    expect(again.text).toContain('aria-invalid="true"')
    expect(world.all()).toEqual([])
  })

  test('has a name that the account does not use yet', async () => {
    const { partner, pending } = await connectionsScene()
    await pending({ accountId: 'acme', name: 'Sales' })
    const again = await partner.post(LIST, { account: 'acme', name: 'Sales' })
    expect(again.status).toBe(422)
    expect(readable(again)).toContain('has a connection of that name already')
  })
})

describe('a change of a connection', () => {
  test('gives it another name', async () => {
    const { partner, world, connected } = await connectionsScene()
    const connection = await connected({ name: 'Sales' })
    const answer = await partner.post(`${pathOf(connection)}/rename`, { name: ' <b>Support ' })
    expect(answer.headers.location).toBe(`${pathOf(connection)}?done=renamed`)
    expect((await storedIn(world, connection.id)).name).toBe('<b>Support')
  })

  test('keeps a name that is empty or in use from it, and shows what was typed', async () => {
    const { partner, connected, pending } = await connectionsScene()
    await pending({ name: 'Taken' })
    const connection = await connected({ name: 'Sales' })
    const empty = await partner.post(`${pathOf(connection)}/rename`, { name: ' ' })
    expect(empty.status).toBe(422)
    expect(readable(empty)).toContain('Write a name of 1 to 200 characters.')
    const taken = await partner.post(`${pathOf(connection)}/rename`, { name: 'Taken' })
    expect(taken.status).toBe(422)
    expect(fieldValue(taken, 'name')).toBe('Taken')
    expect(readable(taken)).toContain('has a connection of that name already')
  })

  test('gives it another environment, forgets the tokens and remembers that it did', async () => {
    const scene = await connectionsScene()
    const connection = await scene.connected()
    expect(readable(await scene.partner.get(pathOf(connection)))).toContain(
      'Another environment forgets the tokens',
    )
    const path = `${pathOf(connection)}/environment`
    const answer = await scene.partner.post(path, { address: OTHER_RESOURCE })
    expect(answer.headers.location).toBe(`${pathOf(connection)}?done=environment`)
    expect(await storedIn(scene.world, connection.id)).toMatchObject({
      resource: OTHER_RESOURCE,
      status: 'pending',
      tokenSet: undefined,
    })
    expect(await revoked(scene)).toEqual([{ connectionId: connection.id, what: 'disconnected' }])
  })

  test('leaves the tokens alone when the environment is the same', async () => {
    const scene = await connectionsScene()
    const connection = await scene.connected()
    await scene.partner.post(`${pathOf(connection)}/environment`, { address: RESOURCE })
    expect((await storedIn(scene.world, connection.id)).status).toBe('connected')
    expect(await revoked(scene)).toEqual([])
  })

  test('asks again before a pasted address takes the place of the environment', async () => {
    const { partner, world, connected } = await connectionsScene()
    const connection = await connected()
    const path = `${pathOf(connection)}/environment`
    const again = await partner.post(path, { address: `${OTHER_RESOURCE}/main.aspx` })
    expect(again.status).toBe(422)
    expect(fieldValue(again, 'address')).toBe(OTHER_RESOURCE)
    expect((await storedIn(world, connection.id)).resource).toBe(RESOURCE)
  })

  test('disconnects it for whoever ticks the box, and for nobody else', async () => {
    const scene = await connectionsScene()
    const { partner, world } = scene
    const connection = await scene.connected()
    const path = `${pathOf(connection)}/disconnect`
    const again = await partner.post(path)
    expect(again.status).toBe(422)
    expect(readable(again)).toContain('Tick the box if you mean it.')
    expect((await storedIn(world, connection.id)).status).toBe('connected')
    const answer = await partner.post(path, { confirmed: 'yes' })
    expect(answer.headers.location).toBe(`${pathOf(connection)}?done=disconnected`)
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'disconnected',
      tokenSet: undefined,
    })
    expect(await revoked(scene)).toEqual([{ connectionId: connection.id, what: 'disconnected' }])
  })

  test.each(['account', 'id'] as const)('deletes it for whoever types the %s', async (what) => {
    const scene = await connectionsScene()
    const connection = await scene.connected({ accountId: 'acme' })
    const confirmation = what === 'account' ? ' acme ' : String(connection.id)
    const answer = await scene.partner.post(`${pathOf(connection)}/delete`, { confirmation })
    expect(answer.headers.location).toBe(`${LIST}?done=deleted`)
    expect(scene.world.all()).toEqual([])
    expect(await revoked(scene)).toEqual([{ connectionId: connection.id, what: 'deleted' }])
    const list = await scene.partner.get(String(answer.headers.location))
    expect(readable(list)).toContain('The connection is deleted.')
    expect((await scene.partner.get(pathOf(connection))).status).toBe(404)
  })

  test.each(['', 'ACME', 'acme1', 'delete'])('deletes nothing for %o', async (confirmation) => {
    const scene = await connectionsScene()
    const connection = await scene.connected({ accountId: 'acme' })
    const again = await scene.partner.post(`${pathOf(connection)}/delete`, { confirmation })
    expect(again.status).toBe(422)
    expect(readable(again)).toContain('Nothing was deleted.')
    expect(fieldValue(again, 'confirmation')).toBe(confirmation)
    expect(scene.world.all()).toHaveLength(1)
    expect(await revoked(scene)).toEqual([])
  })
})

describe('a renewal that somebody asks for', () => {
  const reason = aReason()
  const outcomes: readonly (readonly [RefreshOutcome, string])[] = [
    [{ outcome: 'refreshed', generation: 2, expiresAt: at(MINUTE) }, 'The token is renewed.'],
    [{ outcome: 'not_due' }, 'There was nothing to renew'],
    [{ outcome: 'in_progress' }, 'being renewed right now'],
    [{ outcome: 'transient', code: 'x', retryAt: at(MINUTE) }, 'tried again by itself'],
    [{ outcome: 'blocked', reason, retryAt: at(MINUTE) }, 'Somebody must act first'],
    [
      { outcome: 'app_credential_rejected', code: 'AADSTS7000222', retryAt: at(MINUTE) },
      'does not accept the credential of the app itself',
    ],
    [{ outcome: 'reauthorization_required', reason }, 'Somebody must sign in again'],
    [{ outcome: 'gone', status: 'disconnected' }, 'nobody is signed in'],
  ]

  test.each(outcomes)('tells what became of it: $outcome', async (outcome, words) => {
    const { partner, world, connected } = await connectionsScene()
    const connection = await connected()
    world.refreshRequests.answerNext(outcome)
    const answer = await partner.post(`${pathOf(connection)}/refresh`)
    expect(world.refreshRequests.asked).toEqual([{ connectionId: connection.id, when: 'now' }])
    expect(answer.headers.location).toBe(`${pathOf(connection)}?done=${outcome.outcome}`)
    const told = await partner.get(String(answer.headers.location))
    expect(told.text).toContain('role="status"')
    expect(readable(told)).toContain(words)
  })

  test('finds nothing where the connection is deleted meanwhile', async () => {
    const { partner, world, connected } = await connectionsScene()
    const connection = await connected()
    world.refreshRequests.answerNext({ outcome: 'gone', status: undefined })
    expect((await partner.post(`${pathOf(connection)}/refresh`)).status).toBe(404)
  })

  test('says so when nobody answers', async () => {
    const { partner, world, connected } = await connectionsScene()
    const connection = await connected()
    world.refreshRequests.answerNext(() => {
      throw new ServiceError('try again in a moment', { code: 'refresh_unavailable' })
    })
    const page = await partner.post(`${pathOf(connection)}/refresh`)
    expect(page.status).toBe(503)
    expect(headingOf(page)).toBe('The service could not answer')
  })
})

describe('whoever is bound to an account', () => {
  const FORMS = [
    ['environment', { address: OTHER_RESOURCE }],
    ['rename', { name: 'Mine' }],
    ['link', { username: 'me', lifetime: 'day', origin: 'https://partner.example' }],
    ['link', { now: 'yes' }],
    ['refresh', {}],
    ['disconnect', { confirmed: 'yes' }],
    ['delete', { confirmation: 'acme' }],
  ] as const

  test.each(FORMS)(
    "does not %s another account's connection, which is not there",
    async (action, form) => {
      const scene = await connectionsScene()
      const foreign = await scene.connected({ accountId: 'acme' })
      const before = await storedIn(scene.world, foreign.id)
      const answer = await scene.bound.post(`${pathOf(foreign)}/${action}`, form)
      const unknown = await scene.bound.post(`${LIST}/12345/${action}`, form)
      expect([answer.status, unknown.status]).toEqual([404, 404])
      expect(headingOf(answer)).toBe(headingOf(unknown))
      expect(await storedIn(scene.world, foreign.id)).toEqual(before)
      expect(scene.world.refreshRequests.asked).toEqual([])
      expect(await revoked(scene)).toEqual([])
      expect(scene.log.lines.filter(({ name }) => name === 'console_action')).toEqual([])
    },
  )

  test.each(FORMS)('may %s its own', async (action, form) => {
    const { bound, world, connected } = await connectionsScene()
    const own = await connected({ accountId: 'contoso' })
    world.refreshRequests.answerNext({ outcome: 'not_due' })
    const confirmed = action === 'delete' ? { confirmation: 'contoso' } : form
    const { status } = await bound.post(`${pathOf(own)}/${action}`, confirmed)
    expect([200, 303]).toContain(status)
  })

  test("does not see another account's connection", async () => {
    const { bound, connected } = await connectionsScene()
    const page = await bound.get(pathOf(await connected({ accountId: 'acme' })))
    expect(page.status).toBe(404)
    expect(page.text).not.toContain('acme')
  })

  test('creates connections of its own account only, and is not asked which', async () => {
    const { bound, world } = await connectionsScene()
    const form = await bound.get(`${LIST}/new?account=acme`)
    expect(fieldValue(form, 'account')).toBeUndefined()
    expect(readable(form)).not.toContain('acme')
    expect((await bound.post(LIST, { account: 'acme' })).status).toBe(403)
    expect(world.all()).toEqual([])
    expect((await bound.post(LIST, { name: 'Own' })).status).toBe(303)
    expect(world.all()).toMatchObject([{ accountId: 'contoso', name: 'Own' }])
  })
})

test('no form does anything without the token of the session', async () => {
  const { partner, world, connected } = await connectionsScene()
  const connection = await connected({ accountId: 'acme' })
  const before = world.all()
  const forms = { '': { account: 'acme' } }
  const actions = {
    environment: { address: OTHER_RESOURCE },
    rename: { name: 'Other' },
    link: { now: 'yes' },
    refresh: {},
    disconnect: { confirmed: 'yes' },
    delete: { confirmation: 'acme' },
  }
  for (const [action, form] of Object.entries({ ...forms, ...actions })) {
    const path = action === '' ? LIST : `${pathOf(connection)}/${action}`
    expect((await partner.postBare(path, form)).status).toBe(403)
    expect((await partner.postBare(path, { ...form, formToken: 'x' })).status).toBe(403)
  }
  expect(world.all()).toEqual(before)
  expect(world.refreshRequests.asked).toEqual([])
})
