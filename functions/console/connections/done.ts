import type { RefreshOutcome } from '../../domain/refresh-outcome.ts'
import type { Tone } from '../../http/components.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { connectionPath } from './paths.ts'

type Changed = 'created' | 'renamed' | 'environment' | 'disconnected'

/** What may just have been done to a connection, and how good the news is; each has words of its own. */
export const DONE = {
  created: 'good',
  renamed: 'good',
  environment: 'good',
  disconnected: 'good',
  refreshed: 'good',
  not_due: 'neutral',
  in_progress: 'busy',
  transient: 'bad',
  blocked: 'bad',
  app_credential_rejected: 'bad',
  reauthorization_required: 'bad',
  gone: 'bad',
} as const satisfies Record<Changed | RefreshOutcome['outcome'], Tone>

export type DoneWord = keyof typeof DONE

export function isDoneWord(word: string): word is DoneWord {
  return Object.hasOwn(DONE, word)
}

/** To the page of the connection, which says what was done. */
export function afterwards(connectionId: number, done: DoneWord): HttpResponse {
  return seeOther(`${connectionPath(connectionId)}?done=${done}`)
}
