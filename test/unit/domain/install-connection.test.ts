import { describe, expect, test } from 'vitest'
import {
  installConnection,
  relabelConnection,
} from '../../../functions/domain/install-connection.ts'
import { aNewConnection, anAccountId } from '../../support/builders.ts'
import { aWorld, type World } from '../../support/world.ts'

const DEFAULT = 'Microsoft Dynamics CRM Online'

const install = (world: World, accountId: string, name?: string) =>
  installConnection(world, { ...aNewConnection({ accountId }), name }, DEFAULT)

const NAME_IN_USE = { name: 'ServiceError', code: 'name_in_use' }

describe('install', () => {
  test('creates a pending connection with the name that was asked for', async () => {
    const world = aWorld()
    const wanted = aNewConnection({ name: 'Sales' })
    const installed = await installConnection(world, wanted, DEFAULT)
    expect(installed).toMatchObject({ ...wanted, status: 'pending', generation: 0 })
    expect(await world.connections.read(wanted.accountId, installed.id)).toEqual(installed)
  })

  test('gives the default name, then the lowest number that is free', async () => {
    const world = aWorld()
    const accountId = anAccountId()
    const names: string[] = []
    for (let n = 0; n < 3; n += 1) names.push((await install(world, accountId)).name)
    expect(names).toEqual([DEFAULT, `${DEFAULT} 2`, `${DEFAULT} 3`])
  })

  test('takes a number again that became free', async () => {
    const world = aWorld()
    const accountId = anAccountId()
    await install(world, accountId)
    const second = await install(world, accountId)
    await install(world, accountId)
    await world.connections.remove(second)
    expect((await install(world, accountId)).name).toBe(`${DEFAULT} 2`)
  })

  test('refuses a name that the account uses, and creates nothing', async () => {
    const world = aWorld()
    const accountId = anAccountId()
    const { id } = await install(world, accountId, 'Sales')
    await expect(install(world, accountId, 'Sales')).rejects.toMatchObject(NAME_IN_USE)
    expect([...(await world.connections.names(accountId)).keys()]).toEqual([id])
  })

  test('does not mind the names of other accounts', async () => {
    const world = aWorld()
    await install(world, anAccountId(), 'Sales')
    await install(world, anAccountId())
    expect((await install(world, anAccountId(), 'Sales')).name).toBe('Sales')
    expect((await install(world, anAccountId())).name).toBe(DEFAULT)
  })
})

describe('relabel', () => {
  test('gives another name that is free', async () => {
    const world = aWorld()
    const installed = await install(world, anAccountId(), 'Sales')
    const relabelled = await relabelConnection(world, installed, { name: 'Service' })
    expect(relabelled).toEqual({ ...installed, name: 'Service' })
  })

  test('refuses the name of another connection of the account, and changes nothing', async () => {
    const world = aWorld()
    const accountId = anAccountId()
    await install(world, accountId, 'Sales')
    const other = await install(world, accountId, 'Service')
    const labels = { name: 'Sales', description: 'new' }
    await expect(relabelConnection(world, other, labels)).rejects.toMatchObject(NAME_IN_USE)
    expect(await world.connections.read(accountId, other.id)).toEqual(other)
  })

  test('accepts the name that the connection has already', async () => {
    const world = aWorld()
    const installed = await install(world, anAccountId(), 'Sales')
    const labels = { name: 'Sales', description: 'new' }
    expect(await relabelConnection(world, installed, labels)).toMatchObject(labels)
  })

  test('leaves the name alone where only the description is given', async () => {
    const world = aWorld()
    const installed = await install(world, anAccountId(), 'Sales')
    const relabelled = await relabelConnection(world, installed, { description: undefined })
    expect(relabelled).toEqual({ ...installed, description: undefined })
  })

  test('of a connection that is gone gives undefined', async () => {
    const world = aWorld()
    const installed = await install(world, anAccountId())
    await world.connections.remove(installed)
    expect(await relabelConnection(world, installed, { name: 'back' })).toBeUndefined()
  })
})
