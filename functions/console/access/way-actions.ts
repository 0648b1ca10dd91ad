import type { ConsoleAccess } from '../../domain/console-access.ts'
import { type PeopleProvider, parsePeopleProvider } from '../../domain/people-provider.ts'
import type { Words } from '../../http/components.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { fill } from '../../http/texts.ts'
import { logAction } from '../log-action.ts'
import { redirectUriOf } from '../provider-sign-in.ts'
import type { SignedInVisit } from '../visit.ts'
import type { AccessDependencies } from './access-dependencies.ts'
import { accessPage } from './access-page.ts'
import { CLIENTS_PATH } from './clients-section.ts'
import {
  type Access,
  isAdmittedBy,
  mayCloseFirst,
  mayRemoveProvider,
  readAccess,
} from './ways-in.ts'

/** Closes the sign-in that the deployment began with. */
export async function closeFirst(
  deps: AccessDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const { ways } = await readAccess(deps, visit.session.user)
  if (!mayCloseFirst(ways)) return accessPage(deps, visit, { isLastWay: true })
  await deps.consoleAccess.closeFirstSignIn()
  logAction(deps, visit, { reason: 'first_sign_in_closed' })
  return seeOther(`${CLIENTS_PATH}?done=first_closed`)
}

/** Takes the provider away. */
export async function removeProvider(
  deps: AccessDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const { ways } = await readAccess(deps, visit.session.user)
  if (!mayRemoveProvider(ways)) return accessPage(deps, visit, { isLastWay: true })
  await deps.consoleAccess.removeProvider()
  logAction(deps, visit, { reason: 'provider_removed' })
  return seeOther(`${CLIENTS_PATH}?done=provider_removed`)
}

/** Keeps a provider, once its own description of itself could be read and fits. */
export async function saveProvider(
  deps: AccessDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const access = await readAccess(deps, visit.session.user)
  const typed = typedProvider(visit)
  const parsed = parsePeopleProvider(typed)
  const filled = { ...typed, people: typed.people.join('\n') }
  if (parsed.outcome === 'invalid') {
    return accessPage(deps, visit, { provider: { ...filled, problems: parsed.problems } })
  }
  const provider = withKeptSecret(parsed.provider, access.console)
  if (isLockingOut(access, provider, visit)) return accessPage(deps, visit, { isLastWay: true })
  const issuerProblem = await problemOf(deps, visit, provider)
  if (issuerProblem !== undefined) {
    return accessPage(deps, visit, { provider: { ...filled, problems: [], issuerProblem } })
  }
  await deps.consoleAccess.saveProvider(provider)
  logAction(deps, visit, { reason: 'provider_saved' })
  return seeOther(`${CLIENTS_PATH}?done=provider_saved`)
}

function typedProvider({ form: { fields } }: SignedInVisit) {
  return {
    issuer: fields.get('issuer') ?? '',
    clientId: fields.get('client-id') ?? '',
    clientSecret: fields.get('client-secret') ?? '',
    people: (fields.get('people') ?? '').split(/\r?\n/),
  }
}

/** A secret is never shown, so that one which is not typed anew stays; not with another issuer or client. */
function withKeptSecret(
  provider: PeopleProvider,
  { provider: stored }: ConsoleAccess,
): PeopleProvider {
  const isSame = stored?.issuer === provider.issuer && stored.clientId === provider.clientId
  const isKept = provider.clientSecret === undefined && isSame
  return isKept && stored.clientSecret !== undefined
    ? { ...provider, clientSecret: stored.clientSecret }
    : provider
}

/** Where the provider is all there is, it stays, and so does the entry that let in whoever changes it. */
function isLockingOut(
  { console, ways }: Access,
  provider: PeopleProvider,
  { session }: SignedInVisit,
): boolean {
  const isSame = console.provider?.clientId === provider.clientId
  return !mayRemoveProvider(ways) && !(isSame && isAdmittedBy({ provider }, session.user))
}

/** What is wrong with a provider, in words: a sign-in is begun at it, and left. */
async function problemOf(
  deps: AccessDependencies,
  { words, signal }: SignedInVisit,
  provider: PeopleProvider,
): Promise<Words | undefined> {
  const begun = await deps.people.begin({ provider, redirectUri: redirectUriOf(deps), signal })
  if (begun.outcome === 'begun') return undefined
  const text = words.access
  if (begun.why === 'another_issuer') return fill(text.another_issuer, { issuer: begun.issuer })
  return text[begun.why]
}
