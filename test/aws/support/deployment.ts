import { join } from 'node:path'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { type Outputs, readOutputs } from '../../../infra/outputs.ts'
import type { ApiClient } from '../../e2e/support/partner.ts'
import { cdk, command } from './command.ts'
import { workFolder } from './test-env.ts'

/** What the CDK wrote for the latest deployment. */
export const ASSEMBLY = join(workFolder, 'cdk.out')

const OUTPUTS = join(workFolder, 'outputs.json')

/** Deploys the stack as `npm run deploy` does, into files of the test's own. */
export async function deploy(context: Readonly<Record<string, string>>): Promise<Outputs> {
  const settings = Object.entries(context).flatMap(([name, value]) => [
    '--context',
    `${name}=${value}`,
  ])
  const files = ['--output', ASSEMBLY, '--outputs-file', OUTPUTS]
  await cdk('deploy', '--require-approval', 'never', ...files, ...settings)
  return readOutputs(OUTPUTS)
}

/** Destroys it. */
export function destroy(): Promise<string> {
  return cdk('destroy', '--force', '--output', ASSEMBLY)
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
