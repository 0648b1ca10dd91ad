import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build, type Plugin } from 'esbuild'
import { expect, test } from 'vitest'
import { lambdaCredentialsPlugin } from '../../../infra/lambda-credentials-plugin.ts'
import { lambdaSdkPlugin } from '../../../infra/lambda-sdk-plugin.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const run = promisify(execFile)

/** What a program prints that is bundled with a plugin. */
async function printedBy(
  program: string,
  { plugin, env }: { readonly plugin: Plugin; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: [plugin],
  })
  const file = join(temporaryFolder('plugin'), 'program.cjs')
  await writeFile(file, outputFiles[0]?.text ?? '')
  return (await run(process.execPath, [file], { env })).stdout.trim()
}

const CREDENTIALS = `
import { STSClient } from '@aws-sdk/client-sts'
const { config } = new STSClient({ region: 'eu-central-1' })
config.credentials().then(({ accessKeyId }) => accessKeyId, ({ message }) => message).then(console.log)
`

test('a bundle for Lambda takes credentials from the environment', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'given', AWS_SECRET_ACCESS_KEY: 's', AWS_PROFILE: 'other' }
  const plugin = lambdaCredentialsPlugin
  expect(await printedBy(CREDENTIALS, { plugin, env })).toBe('given')
})

test('a bundle for Lambda says what to do when there are none', async () => {
  const env = { AWS_PROFILE: 'somebody' }
  const plugin = lambdaCredentialsPlugin
  expect(await printedBy(CREDENTIALS, { plugin, env })).toContain(
    'takes credentials from AWS_ACCESS_KEY_ID',
  )
})

test('what is left out of the SDK says so when it is reached', async () => {
  const program = `
import { EventStreamSerde } from '@smithy/core/event-streams'
try { new EventStreamSerde() } catch ({ message }) { console.log(message) }
`
  expect(await printedBy(program, { plugin: lambdaSdkPlugin, env: {} })).toBe(
    'the event streams of the AWS SDK are left out of this bundle',
  )
})
