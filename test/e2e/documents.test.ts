import { afterAll, beforeAll, expect, test } from 'vitest'
import { documented, replaced } from '../support/documents.ts'
import { inShell } from '../support/shell.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'

let service: RunningService

beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

test("what one of Microsoft's numbers means is told by the command for it", async () => {
  const command = documented('functions/TROUBLESHOOTING.md', 'curl -s http://localhost:3000')
  const told = await inShell(replaced(command, { 'http://localhost:3000': service.url }))
  expect(told).toEqual(['<h1>Your organization has to allow the app first</h1>'])
})
