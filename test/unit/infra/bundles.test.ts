import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Metafile } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildFunctions } from '../../../infra/build.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** What any client of AWS's brings along. */
const AWS_SDK = [
  '@aws-sdk/core',
  '@aws-sdk/credential-provider-env',
  '@aws/lambda-invoke-store',
  '@smithy/core',
  '@smithy/node-http-handler',
  '@smithy/signature-v4',
  '@smithy/types',
]
const DYNAMODB = [
  ...AWS_SDK,
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/dynamodb-codec',
  '@aws-sdk/middleware-endpoint-discovery',
]
const SECRETS = [...AWS_SDK, '@aws-sdk/client-secrets-manager']
const HTTP = ['@middy/core']
const SCHEMAS = ['valibot']
const ENTRA = ['jose', 'oauth4webapi']

/**
 * What each function loads when it starts, and how large it may be: a client that a function does not
 * call, or a library that came along with another, is a fault. Bytes are a little above what they are;
 * a thousand of them take some 45 microseconds of every start.
 */
const BUNDLES: Readonly<
  Record<string, { readonly kilobytes: number; readonly packages: readonly string[] }>
> = {
  api: { kilobytes: 241, packages: [...DYNAMODB, ...SECRETS, ...HTTP, ...SCHEMAS] },
  authorize: { kilobytes: 247, packages: [...DYNAMODB, ...HTTP] },
  callback: { kilobytes: 309, packages: [...DYNAMODB, ...SECRETS, ...HTTP, ...ENTRA] },
  console: { kilobytes: 390, packages: [...DYNAMODB, ...SECRETS, ...HTTP, 'oauth4webapi'] },
  events: {
    kilobytes: 205,
    packages: [...DYNAMODB, '@aws-sdk/client-eventbridge', '@aws-sdk/signature-v4-multi-region'],
  },
  refresh: { kilobytes: 308, packages: [...DYNAMODB, ...SECRETS, ...HTTP, ...SCHEMAS, ...ENTRA] },
  rotation: { kilobytes: 162, packages: SECRETS },
  token: { kilobytes: 219, packages: [...DYNAMODB, ...SECRETS, ...HTTP, ...SCHEMAS] },
}

/** What is loaded only when it is reached, by function. */
const LAZY_PARTS = [
  'api.lambda-invoke',
  'callback.sts-web-identity-token',
  'console.lambda-invoke',
  'refresh.sts-web-identity-token',
  'token.lambda-invoke',
]

/** To touch one of these loads all of undici, which takes as long as Node itself takes to start. */
const UNDICI =
  /\b(?:fetch\(|new (?:Headers|Request|Response|FormData|WebSocket|EventSource)\b|extends (?:Headers|Request|Response)\b|instanceof (?:Headers|Request|Response)\b)/

/** A form with files is seldom sent, and read by nothing better. */
const READS_FILES = 'functions/http/form-body.ts'

describe('what is deployed', () => {
  let meta: string

  beforeAll(async () => {
    const bundles = temporaryFolder('bundles')
    await buildFunctions({ functions: join(ROOT, 'functions'), bundles })
    meta = join(bundles, 'meta')
  })

  const metafileOf = async (name: string): Promise<Metafile> =>
    JSON.parse(await readFile(join(meta, `${name}.json`), 'utf8'))

  test('is a bundle for each function, and what few starts load', () => {
    const written = globSync('*.json', { cwd: meta }).map((file) => basename(file, '.json'))
    expect(written.toSorted()).toEqual([...Object.keys(BUNDLES), ...LAZY_PARTS].toSorted())
  })

  test.each(Object.entries(BUNDLES))('%s stays within its budget', async (name, { kilobytes }) => {
    const { bytes } = scriptOf(await metafileOf(name))
    expect(bytes / 1024).toBeLessThanOrEqual(kilobytes)
  })

  test.each(Object.entries(BUNDLES))('%s has its packages and no other', async (name, bundle) => {
    expect(packagesIn(await metafileOf(name))).toEqual([...new Set(bundle.packages)].toSorted())
  })

  test.each(Object.keys(BUNDLES))('%s reads no profiles, and looks for none', async (name) => {
    const sources = Object.keys(scriptOf(await metafileOf(name)).inputs)
    expect(sources.filter((source) => /ini-file-loader\/readFile|http2/.test(source))).toEqual([])
  })

  test.each(LAZY_PARTS)('%s has no module of ours but itself', async (name) => {
    const sources = Object.keys(scriptOf(await metafileOf(name)).inputs)
    const ours = sources.filter((source) => source.startsWith('functions/'))
    expect(ours).toEqual([`functions/adapters/${name.split('.')[1]}.ts`])
  })

  test('no function touches what loads undici', async () => {
    const files = globSync('functions/**/*.ts', {
      cwd: ROOT,
      exclude: ['**/browser/**', '**/client/**', '**/cli/**'],
    })
    const sources = await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')))
    const code = sources.map((source) => source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
    expect(files.filter((_, index) => UNDICI.test(code[index] ?? ''))).toEqual([READS_FILES])
  })
})

function scriptOf({ outputs }: Metafile): Metafile['outputs'][string] {
  const [script] = Object.entries(outputs).filter(([path]) => path.endsWith('.js'))
  if (script === undefined) throw new Error('nothing was written')
  return script[1]
}

/** The packages of which something is left, by name. */
function packagesIn(metafile: Metafile): readonly string[] {
  const names = Object.entries(scriptOf(metafile).inputs).flatMap(([path, { bytesInOutput }]) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
    return name === undefined || bytesInOutput === 0 ? [] : [name]
  })
  return [...new Set(names)].toSorted()
}
