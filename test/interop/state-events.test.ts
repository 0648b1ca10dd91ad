import { afterAll, beforeAll } from 'vitest'
import { stateEventsContract } from '../contract/state-events-contract.ts'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { toldTable } from './support/told-table.ts'

let dynamodb: TestDynamodb
beforeAll(async () => {
  dynamodb = await startDynamodb()
})
afterAll(() => dynamodb.stop())

stateEventsContract('a real stream', () => toldTable(dynamodb))
