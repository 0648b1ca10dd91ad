import type { ConsoleSession } from '../domain/console-session.ts'
import type { FormBody } from '../http/form-body.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import type { View } from '../http/view.ts'
import type { ConsoleTexts } from './words.ts'

/** One request to the console, by whoever it is. */
export interface Visit {
  readonly http: HttpRequest
  readonly view: View
  readonly words: ConsoleTexts
  readonly signal: AbortSignal
}

/** One request of somebody who is signed in. */
export interface SignedInVisit extends Visit {
  readonly session: ConsoleSession
  /** Goes into every form. */
  readonly formToken: string
  /** What a form sent; nothing for a GET. Its token was checked. */
  readonly form: FormBody
}

/**
 * Who may ask for a page or send a form, and what is answered.
 * - `partner`: only who may see all accounts
 * - `anybody`: also who is bound to one account, and then sees that one only
 */
export interface ConsoleRoute<Dependencies> {
  readonly by: 'partner' | 'anybody'
  readonly answer: (deps: Dependencies, visit: SignedInVisit) => Promise<HttpResponse>
}
