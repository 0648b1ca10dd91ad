import type { Connection } from '../../domain/connection.ts'
import type { Tone } from '../../http/components.ts'
import type { ConsoleTexts } from '../words.ts'

type States = ConsoleTexts['connections']['states']
type Sentences = ConsoleTexts['connection']['standing']

/** How a connection is, for a person. */
export interface Standing {
  readonly tone: Tone
  /** By its name among the texts, as are all words here. */
  readonly word: keyof States
  readonly sentence: keyof Sentences
  /** What helps first: somebody's sign-in, or another try. */
  readonly needs: 'sign_in' | 'refresh' | 'nothing'
}

const NOT_SIGNED_IN = { tone: 'neutral', needs: 'sign_in' } as const

export function standingOf({ status, reason, failure }: Connection): Standing {
  switch (status) {
    case 'pending':
    case 'disconnected':
      return { ...NOT_SIGNED_IN, word: status, sentence: status }
    case 'reauthorization_required':
      return { tone: 'bad', word: 'attention', sentence: 'sign_in_again', needs: 'sign_in' }
    case 'connected':
      if (reason) return { tone: 'bad', word: 'attention', sentence: 'blocked', needs: 'refresh' }
      return failure
        ? { tone: 'busy', word: 'connected', sentence: 'failing', needs: 'refresh' }
        : { tone: 'good', word: 'connected', sentence: 'working', needs: 'nothing' }
  }
}
