import { consoleAccessOf } from '../../functions/domain/console-access.ts'
import { storedApiAccessOf } from '../../functions/domain/stored-api-access.ts'
import type { Outputs } from '../outputs.ts'
import { type Finding, mind, right, wrong } from './finding.ts'
import { jsonObjectOf } from './secret-problems.ts'

/** The values of the two secrets that say who may sign in to the console. */
export interface ConsoleSecrets {
  readonly consoleAccess: string | undefined
  readonly apiAccess: string | undefined
}

const HOW_TO_GET_IN = 'see "Nobody can sign in to the console" in infra/RUNBOOK.md'

/** Whether somebody can sign in to the console, and whether more can than have to. */
export function consoleFinding(
  { consoleUrl, consoleAccessSecret }: Outputs,
  { consoleAccess, apiAccess }: ConsoleSecrets,
): Finding {
  const stored = jsonObjectOf(consoleAccess)
  if (stored === undefined) {
    return wrong(`its secret holds no JSON object: ${HOW_TO_GET_IN} (${consoleAccessSecret})`)
  }
  const { firstSignIn, provider } = consoleAccessOf(stored)
  if (stored.provider !== undefined && provider === undefined) {
    return wrong(
      `the OpenID provider that is stored cannot be used: at ${consoleUrl}, Access, store it anew (${consoleAccessSecret})`,
    )
  }
  const ways = [
    ...(hasClientOfAll(apiAccess) ? ['an API client'] : []),
    ...(provider === undefined ? [] : [new URL(provider.issuer).host]),
  ]
  if (firstSignIn === undefined) {
    return ways.length === 0
      ? wrong(`nobody can sign in: ${HOW_TO_GET_IN}`)
      : right(`${consoleUrl}, for whoever signs in by ${ways.join(' or ')}`)
  }
  return ways.length === 0
    ? right(`${consoleUrl}, by the first sign-in alone`)
    : mind(
        `the first sign-in is still open, for whoever may read its secret: sign in at ${consoleUrl} by ${ways.join(' or ')}, and close it under Access`,
      )
}

/** Whether there is one that may see all accounts. */
function hasClientOfAll(apiAccess: string | undefined): boolean {
  const stored = jsonObjectOf(apiAccess)
  const { clients = [] } = (stored && storedApiAccessOf(stored)) ?? {}
  return clients.some(({ accountId }) => accountId === undefined)
}
