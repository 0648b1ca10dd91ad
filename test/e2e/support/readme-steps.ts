import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const README = join(import.meta.dirname, '../../../README.md')

/** A block of the README that can be run as it stands. */
const RUNNABLE = /<!-- runs in test\/e2e\/readme\.test\.ts -->\n```bash\n(.*?)```/gs

/** The seven steps, as the README has them. */
export interface ReadmeSteps {
  /** From the bearer token to the sign-in link. */
  readonly untilLink: string
  /** What follows the sign-in. */
  readonly afterSignIn: string
}

/** Reads the steps, with each text of the README replaced by what it is in this run. */
export function readmeSteps(replacements: Readonly<Record<string, string>>): ReadmeSteps {
  const blocks = [...readFileSync(README, 'utf8').matchAll(RUNNABLE)]
  const [untilLink = '', afterSignIn = ''] = blocks.map(([, block = '']) =>
    Object.entries(replacements).reduce((text, [from, to]) => text.replace(from, to), block),
  )
  return { untilLink, afterSignIn }
}

/** What the steps before the sign-in printed. */
export interface LinkMade {
  readonly output: readonly string[]
  readonly link: string
  readonly connectionId: string
  /** Runs the steps that come after, with the variables of those before. @returns what they printed. */
  goOn(afterSignIn: string): Promise<readonly string[]>
}

/** Runs the steps up to the link in a shell. */
export async function makeLink(untilLink: string, env = process.env): Promise<LinkMade> {
  const output = await shell(`${untilLink}\ndeclare -p URL BEARER ID; declare -f api`, env)
  const link = output.find((line) => line.includes('/connectorauth/')) ?? ''
  const [, connectionId = ''] = /id=(\d+)/.exec(link) ?? []
  const declarations = output.slice(output.findIndex((line) => line.startsWith('declare')))
  const goOn = (afterSignIn: string) => shell(`${declarations.join('\n')}\n${afterSignIn}`, env)
  return { output, link, connectionId, goOn }
}

async function shell(script: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env })
  return stdout.trim().split('\n')
}
