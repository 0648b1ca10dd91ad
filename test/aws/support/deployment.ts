import { join } from 'node:path'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { type Outputs, readOutputs } from '../../../infra/outputs.ts'
import type { ApiClient } from '../../e2e/support/partner.ts'
import { PYTHON } from '../install.ts'
import { cdk, type Ended, ended } from './command.ts'
import { microsoftPort, workFolder } from './test-env.ts'

/** What the CDK wrote for the latest deployment. */
export const ASSEMBLY = join(workFolder, 'cdk.out')

/** What the latest deployment told its operator. */
const OUTPUTS = join(workFolder, 'outputs.json')

/** As few as there can be of what is more than one. */
export const SHARDS = 2

/**
 * What the commands of the documents are given here beside what they say: files of this test's own in the
 * place of the repository's, an answer to each question, and the emulator in the place of AWS.
 */
const PREPARED = `
aws() { "$AWS_PYTHON" -m awscli --endpoint-url "$AWS_ENDPOINT_URL" --region "$AWS_REGION" "$@"; }
npx() { command npx "$@" --output "$ASSEMBLY" --no-notices --ci; }
npm() {
  local own=(--outputs "$OUTPUTS")
  case "$2" in
    deploy) own=(--outputs-file "$OUTPUTS" --output "$ASSEMBLY" --require-approval never --context "shards=$SHARDS") ;;
    destroy) own=(--output "$ASSEMBLY") ;;
  esac
  [[ " $* " == *" -- "* ]] || own=(-- "\${own[@]}")
  command npm "$1" --silent "\${@:2}" "\${own[@]}"
}
`

const VARIABLES = {
  AWS_PYTHON: PYTHON,
  ASSEMBLY,
  OUTPUTS,
  SHARDS: String(SHARDS),
  ENTRA_BASE_URL: `http://localhost:${microsoftPort}`,
  ENTRA_CLIENT_ID: STAND_IN_APP.clientId,
  ENTRA_CLIENT_SECRET: STAND_IN_APP.clientSecret,
}

/** Runs commands of a document in one shell, as they stand, until one fails. */
export function attempt(commands: string): Promise<Ended> {
  const args = ['-euo', 'pipefail', '-c', `${PREPARED}\n${commands}`]
  return ended('bash', args, { env: VARIABLES })
}

/**
 * The same for commands that succeed.
 * @returns everything that they wrote.
 * @throws Error with that, when one fails.
 */
export async function operate(commands: string): Promise<string> {
  const { exitCode, output } = await attempt(commands)
  if (exitCode === 0) return output
  throw new Error(`${commands}\nended with ${exitCode}:\n${output}`)
}

/** What the latest deployment told. */
export function readDeployed(): Promise<Outputs> {
  return readOutputs(OUTPUTS)
}

/** Destroys it by the CDK alone. */
export function destroy(): Promise<string> {
  return cdk('destroy', '--force', '--output', ASSEMBLY)
}

/** What the doctor says of each thing that it looks at: a mark, and a sentence. */
export function findings(told: string): Readonly<Record<string, string>> {
  const lines = told.split('\n').flatMap((line) => {
    const [, mark = '', about = '', says = ''] = /^([✓!✗…]) ([^:]+): (.*)$/.exec(line) ?? []
    return mark === '' ? [] : [[about, `${mark} ${says}`] as const]
  })
  return Object.fromEntries(lines)
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
