import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../../functions/http/description/operations.ts'
import { API_REFERENCE, apiReference } from '../../../infra/api-reference.ts'

const page = readFileSync(API_REFERENCE, 'utf8')

describe('the reference of the API', () => {
  test('stands as the description has it; "node infra/api-reference.ts" writes it anew', () => {
    expect(page).toBe(apiReference())
  })

  test.each(Object.keys(OPERATIONS))('has %s', (route) => {
    expect(page).toContain(`\n\`${route}\`\n`)
  })

  test('tells what a wrong API client is answered', () => {
    expect(page).toContain('| 401 | `api_client_rejected`')
  })
})
