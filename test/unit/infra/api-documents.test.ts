import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { writeApiDocuments } from '../../../infra/api-documents.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function written(name: string): Promise<string> {
  const folder = join(temporaryFolder('documents'), name)
  mkdirSync(folder)
  await writeApiDocuments(folder)
  return folder
}

test('the description is of the version that is built', async () => {
  const folder = await written('once')
  const zipped = readFileSync(join(folder, 'openapi.json.gz'))
  const { info } = JSON.parse(gunzipSync(zipped).toString())
  expect(info.version).toBe(packageJson.version)
})

test('the page loads what lies beside it, and nothing else', async () => {
  const folder = await written('once')
  const page = readFileSync(join(folder, 'docs.html'), 'utf8')
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
  const [version = ''] = readdirSync(folder).filter((name) => name.startsWith('docs-'))
  const files = readdirSync(join(folder, version))
  const paths = files.map((file) => `/${version.replace('-', '/')}/${file.replace(/\.gz$/, '')}`)
  expect(loaded.toSorted()).toEqual([...paths, '/openapi.json'].toSorted())
})

test('the same files are the same version, which is as the route takes it', async () => {
  const [one, other] = [await written('one'), await written('other')].map((folder) =>
    readdirSync(folder, { recursive: true }).toSorted(),
  )
  expect(one).toEqual(other)
  expect(one).toContainEqual(expect.stringMatching(/^docs-[0-9a-f]{12}$/))
})
