import { type NotStored, replaceAppCredential } from '../../domain/replace-app-credential.ts'
import type { AppCredentialValue } from '../../domain/stored-app-credential.ts'
import type { Words } from '../../http/components.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { fill } from '../../http/texts.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import { typedOf, writtenCredential } from './credential-form.ts'
import type { SetupDependencies } from './dependencies.ts'
import { type Done, setupPage } from './setup-page.ts'
import { setupScene } from './setup-scene.ts'
import { fieldOfRefusal, verdictWords } from './verdict-words.ts'

const UNPROCESSABLE = 422

/** Takes the app's credential, which Microsoft is asked about before anything is stored. */
export async function storeCredential(
  deps: SetupDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const { fields } = visit.form
  const words = visit.words.setup
  const { deployment } = deps
  const written = writtenCredential({ fields, words, deployment, now: deps.now() })
  if ('errors' in written) return giveBack(deps, visit, written.errors)
  const { credential } = written
  const replacement = await replaceAppCredential(deps, {
    credential,
    tenant: fields.get('tenant')?.trim() || undefined,
    isAnotherAppMeant: fields.get('anotherApp') === 'yes',
    isDoubtAccepted: fields.get('storeAnyway') === 'yes',
  })
  const { outcome } = replacement
  logAction(deps, visit, { reason: 'app_credential', outcome })
  if (replacement.outcome !== 'stored') {
    return giveBack(deps, visit, errorsOf(visit, credential, replacement))
  }
  const done: Done = replacement.isProven ? 'credential_proven' : 'credential_stored'
  return seeOther(`/console/setup?done=${done}`)
}

function errorsOf(
  { words }: SignedInVisit,
  credential: AppCredentialValue,
  replacement: NotStored,
): Readonly<Record<string, Words>> {
  switch (replacement.outcome) {
    case 'another_app': {
      const { another_app } = words.setup.credential.problems
      return { anotherApp: fill(another_app, { before: replacement.clientIdBefore }) }
    }
    case 'refused': {
      const { verdict } = replacement
      const kind = 'certificate' in credential ? 'certificate' : 'client_secret'
      return { [fieldOfRefusal(verdict, kind)]: verdictWords(words.setup, verdict) }
    }
    case 'doubtful':
      return { storeAnyway: words.setup.credential.problems[replacement.doubt] }
  }
}

/** The form as it was sent, but for what is secret, which has to be pasted again. */
async function giveBack(
  deps: SetupDependencies,
  visit: SignedInVisit,
  errors: Readonly<Record<string, Words>>,
): Promise<HttpResponse> {
  const typed = typedOf(visit.form.fields)
  const notice = visit.words.setup.credential.nothing_stored
  const scene = await setupScene(deps, visit, { step: 'credential', typed, errors, notice })
  return setupPage(scene, UNPROCESSABLE)
}
