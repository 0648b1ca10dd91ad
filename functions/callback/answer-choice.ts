import { chooseEnvironment } from '../domain/choose-environment.ts'
import { formBodyOf, type HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { startAgainPage } from '../http/sign-in-pages.ts'
import type { CallbackDependencies } from './handler.ts'
import { renderEnded } from './render-ended.ts'

/** The form in which a person picks one of the environments of the sign-in. */
export async function answerChoice(
  deps: CallbackDependencies,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const form = formBodyOf(request)
  const id = form.get('request') ?? ''
  const browserSecret = deps.browserCookie.read(request, id)
  if (browserSecret === undefined) return startAgainPage(await deps.viewOf(request), 'unknown')
  const own = { id, browserSecret }
  const resource = form.get('environment')
  const outcome = await chooseEnvironment(deps, { own, resource, signal })
  return renderEnded(deps, request, { own, outcome, answersForm: true })
}
