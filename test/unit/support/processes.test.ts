import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../support/processes.ts'

/** The first port that Linux gives to whoever asks for any. */
const GIVEN_BY_THE_SYSTEM = 32_768

const LOCAL_ADDRESSES = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal }) => internal)
  .map(({ address }) => address)

test('a free port is given to nobody else, neither by us nor by the system', async () => {
  const ports: number[] = []
  for (let n = 0; n < 200; n += 1) ports.push(await freePort())
  expect(new Set(ports).size).toBe(200)
  expect(Math.max(...ports)).toBeLessThan(GIVEN_BY_THE_SYSTEM)
})

test.each(LOCAL_ADDRESSES)('a free port is none on which something listens at %s', async (host) => {
  const next = (await freePort()) + 1
  const server = createServer().listen(next, host)
  onTestFinished(() => void server.close())
  // When another program listens there already, that does as well.
  await once(server, 'listening').catch(() => undefined)
  expect(await freePort()).not.toBe(next)
})
