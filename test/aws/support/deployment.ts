import { join } from 'node:path'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { type Outputs, readOutputs } from '../../../infra/outputs.ts'
import type { ApiClient } from '../../e2e/support/partner.ts'
import { cdk, command, type Ended, ended } from './command.ts'
import { microsoftPort, workFolder } from './test-env.ts'

/** What the CDK wrote for the latest deployment. */
export const ASSEMBLY = join(workFolder, 'cdk.out')

const OUTPUTS = join(workFolder, 'outputs.json')

type Context = Readonly<Record<string, string>>

/** Deploys the stack by the CDK alone, into files of the test's own. */
export async function deploy(context: Context): Promise<Outputs> {
  await cdk('deploy', ...deployArguments(context))
  return readOutputs(OUTPUTS)
}

/** Deploys it by the command that looks first. */
export async function deployLooking(context: Context): Promise<Outputs> {
  await command('npm', ['run', '--silent', 'deploy', '--', ...deployArguments(context)])
  return readOutputs(OUTPUTS)
}

function deployArguments(context: Context): readonly string[] {
  const settings = Object.entries(context).flatMap(([name, value]) => [
    '--context',
    `${name}=${value}`,
  ])
  const files = ['--output', ASSEMBLY, '--outputs-file', OUTPUTS]
  return ['--require-approval', 'never', ...files, ...settings]
}

/** Destroys it by the CDK alone. */
export function destroy(): Promise<string> {
  return cdk('destroy', '--force', '--output', ASSEMBLY)
}

/** Runs the command that asks before it destroys, where nobody can answer. */
export function destroyAsking(): Promise<Ended> {
  return ended('npm', ['run', '--silent', 'destroy'])
}

/** What the doctor says of each thing that it looks at: a mark, and a sentence. */
export async function examine(
  ...options: readonly string[]
): Promise<Readonly<Record<string, string>>> {
  const args = ['run', '--silent', 'doctor', '--', '--outputs', OUTPUTS, ...options]
  const env = { ENTRA_BASE_URL: `http://localhost:${microsoftPort}` }
  const { output } = await ended('npm', args, { env })
  const lines = output.split('\n').flatMap((line) => {
    const [, mark = '', about = '', says = ''] = /^([✓!✗…]) ([^:]+): (.*)$/.exec(line) ?? []
    return mark === '' ? [] : [[about, `${mark} ${says}`] as const]
  })
  return Object.fromEntries(lines)
}

/** Fills the secrets as an operator does who has prepared the answers. @returns what it told. */
export function setUp(): Promise<string> {
  return command('npm', ['run', '--silent', 'setup', '--', '--outputs', OUTPUTS], {
    env: {
      ENTRA_CLIENT_ID: STAND_IN_APP.clientId,
      ENTRA_CLIENT_SECRET: STAND_IN_APP.clientSecret,
    },
  })
}

/** The API client that the setup printed. @throws Error when it printed none. */
export function apiClientIn(told: string): ApiClient {
  const value = (name: string): string => {
    const [, found] = new RegExp(`${name}:\\s+(\\S+)`).exec(told) ?? []
    if (found === undefined) throw new Error(`the setup told no ${name}:\n${told}`)
    return found
  }
  return { clientId: value('client id'), clientSecret: value('client secret') }
}
