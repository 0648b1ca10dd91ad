import { expect, test } from 'vitest'
import { memoryBackend } from './backend.ts'
import { runHistories } from './history.ts'
import { countOf, repeatOf } from './settings.ts'

const COUNT = countOf(process.env, { usual: 300, share: 1 })

test(`${COUNT} histories on the stores in memory keep every promise`, async () => {
  const options = { makeBackend: memoryBackend, count: COUNT, longest: 45 }
  await expect(runHistories(options, repeatOf(process.env))).resolves.toBeUndefined()
})
