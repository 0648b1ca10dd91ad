import { expect, test } from 'vitest'
import { textOf } from '../../support/documents.ts'
import { type Matrix, matrixOf } from '../infra/role-permissions.ts'
import { FUNCTIONS, synthesized } from '../infra/synthesized.ts'

const ROW = /^\| `(\w+)` \| (yes|no)\b[^|]* \| (yes|no)\b[^|]* \| (yes|no)\b[^|]* \| (yes|no)\b/gm

test('the table of who is trusted with what says what the roles say', () => {
  const rows = [...textOf('functions/SECURITY.md').matchAll(ROW)]
  const told = rows.map(([, name, ...cells]) => [name, cells.map((cell) => cell === 'yes')])
  const matrix = matrixOf(synthesized())
  const asked = FUNCTIONS.map((name) => [name, trustOf(matrix[name] ?? {})])
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(asked))
})

/** Whether a role opens access tokens, opens refresh tokens, reads the app credential, and the API clients. */
function trustOf(row: Matrix[string]): readonly boolean[] {
  const readsItems = row.connections !== undefined
  const reads = (secret: string) => row[secret]?.includes('secretsmanager:GetSecretValue') ?? false
  return [
    readsItems && reads('access-token keyring'),
    readsItems && reads('refresh-token keyring'),
    reads('app credential'),
    reads('API access'),
  ]
}
