import { beforeAll, expect, test } from 'vitest'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { dynamodbBackend } from './dynamodb-backend.ts'
import { runHistories } from './history.ts'
import { countOf, repeatOf } from './settings.ts'
import { startWire, type WireServer } from './wire.ts'

/** Fewer on the embedded engine, which is there at every `npm test`, than on a real one. */
const COUNT = countOf(process.env, { usual: process.env.DYNAMODB_ENDPOINT ? 100 : 50, share: 0.03 })

let dynamodb: TestDynamodb
let wireServer: WireServer
beforeAll(async () => {
  dynamodb = await startDynamodb()
  wireServer = await startWire()
  return () => Promise.all([dynamodb.stop(), wireServer.stop()])
})

test(`${COUNT} histories on the adapters of DynamoDB and Entra keep every promise`, async () => {
  const makeBackend = dynamodbBackend(dynamodb)
  const options = { makeBackend, wireServer, count: COUNT, longest: 45 }
  await expect(runHistories(options, repeatOf(process.env))).resolves.toBeUndefined()
})
