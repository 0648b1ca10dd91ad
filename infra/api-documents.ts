import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { openApiDocument } from '../functions/http/description/openapi.ts'

const REPOSITORY = join(import.meta.dirname, '..')
const OWN = join(REPOSITORY, 'functions', 'api', 'docs')
const SWAGGER_UI = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist')))

/** What the page loads. */
const FILES = [
  join(SWAGGER_UI, 'swagger-ui-bundle.js'),
  join(SWAGGER_UI, 'swagger-ui.css'),
  join(SWAGGER_UI, 'favicon-32x32.png'),
  join(OWN, 'docs.js'),
  join(OWN, 'docs.css'),
] as const

/**
 * Lays the API's description and its page into a folder: `openapi.json.gz`, `docs.html`, and the page's files
 * in `docs-{version}`, where the version is of their contents.
 */
export async function writeApiDocuments(folder: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'))
  await writeFile(
    join(folder, 'openapi.json.gz'),
    zipped(JSON.stringify(openApiDocument({ version }))),
  )
  const contents = await Promise.all(FILES.map((file) => readFile(file)))
  const filesVersion = versionOf(contents)
  const files = join(folder, `docs-${filesVersion}`)
  await mkdir(files, { recursive: true })
  for (const [index, file] of FILES.entries()) {
    await writeFile(join(files, `${basename(file)}.gz`), zipped(contents[index] ?? ''))
  }
  const page = await readFile(join(OWN, 'docs.html'), 'utf8')
  await writeFile(join(folder, 'docs.html'), page.replaceAll('{version}', filesVersion))
}

function versionOf(contents: readonly Buffer[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  return hash.digest('hex').slice(0, 12)
}

function zipped(content: string | Buffer): Buffer {
  return gzipSync(content, { level: 9 })
}
