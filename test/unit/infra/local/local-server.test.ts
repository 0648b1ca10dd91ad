import { describe, expect, onTestFinished, test } from 'vitest'
import { atPortOrAny, listenLocally } from '../../../../infra/local/local-server.ts'
import { freePort } from '../../../support/processes.ts'

const nothing = () => undefined

/** A server that is closed when the test is over. */
async function listen(port: number) {
  const server = await listenLocally(port, nothing)
  onTestFinished(() => server.close())
  return server
}

describe('a port that is better known beforehand', () => {
  test('is taken when nobody has it', async () => {
    const port = await freePort()
    expect(await atPortOrAny(port, listen)).toMatchObject({ port })
  })

  test.each([
    ['another program has it', async () => (await listen(0)).port],
    ['there is none of that number', async () => 65_536],
  ])('is any other when %s', async (_when, wanted) => {
    const port = await wanted()
    const server = await atPortOrAny(port, listen)
    expect(server.port).toBeGreaterThan(0)
    expect(server.port).not.toBe(port)
  })

  test('does not hide that something else went wrong', async () => {
    const start = () => Promise.reject(new Error('no disk'))
    await expect(atPortOrAny(3000, start)).rejects.toThrow('no disk')
  })
})
