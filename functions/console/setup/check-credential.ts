import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import type { SetupDependencies } from './dependencies.ts'
import { type Done, setupPage } from './setup-page.ts'
import { type ReturnedForm, setupScene } from './setup-scene.ts'
import { type Unaccepted, verdictWords } from './verdict-words.ts'

/** Has what is stored tried by a function that may read it, and tells the verdict. */
export async function checkCredential(
  deps: SetupDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const tenant = visit.form.fields.get('checkTenant')?.trim() || undefined
  const answer = await deps.checkStoredCredential(tenant)
  logAction(deps, visit, { reason: 'check', outcome: answer.verdict })
  if (answer.verdict !== 'accepted') {
    return setupPage(await setupScene(deps, visit, returnedWith(visit, answer)))
  }
  await deps.partnerSettings.saveAppProof(deps.now())
  const done: Done = 'check_accepted'
  return seeOther(`/console/setup?done=${done}`)
}

function returnedWith(visit: SignedInVisit, answer: Unaccepted): ReturnedForm {
  const { fields } = visit.form
  const typed = new Map([['checkTenant', fields.get('checkTenant') ?? '']])
  const words = verdictWords(visit.words.setup, answer)
  return answer.verdict === 'wrong_tenant'
    ? { step: 'check', typed, errors: { checkTenant: words } }
    : { step: 'check', typed, errors: {}, notice: words }
}
