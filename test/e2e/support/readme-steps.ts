import { documented, replaced } from '../../support/documents.ts'
import { inShell } from '../../support/shell.ts'

/** From the bearer token to the sign-in link. */
const UNTIL_LINK = documented('README.md', 'field() {')

/** What follows the sign-in. */
export const AFTER_SIGN_IN = documented('README.md', '# 6. The connection')

/** What the steps before the sign-in printed. */
export interface LinkMade {
  readonly output: readonly string[]
  readonly link: string
  readonly connectionId: string
  /** Runs commands that come after, with the variables of those before. @returns what they printed. */
  goOn(commands: string): Promise<readonly string[]>
}

/** Runs the steps of the README up to the link, each of these texts replaced by what it is in this run. */
export async function makeLink(
  replacements: Readonly<Record<string, string>>,
  env = process.env,
): Promise<LinkMade> {
  const untilLink = replaced(UNTIL_LINK, replacements)
  const output = await inShell(`${untilLink}\ndeclare -p URL BEARER ID; declare -f api`, { env })
  const link = output.find((line) => line.includes('/connectorauth/')) ?? ''
  const [, connectionId = ''] = /id=(\d+)/.exec(link) ?? []
  const declarations = output.slice(output.findIndex((line) => line.startsWith('declare')))
  const goOn = (commands: string) => inShell(`${declarations.join('\n')}\n${commands}`, { env })
  return { output, link, connectionId, goOn }
}
