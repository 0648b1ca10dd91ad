import type { AppCredential } from '../../domain/app-credentials.ts'
import type { StoredCredentialVerdict } from '../../domain/credential-check.ts'
import type { RefusedCredential } from '../../domain/replace-app-credential.ts'
import type { Words } from '../../http/components.ts'
import { fill } from '../../http/texts.ts'
import type { ConsoleTexts } from '../words.ts'

/** A verdict that is no acceptance. */
export type Unaccepted = Exclude<StoredCredentialVerdict, { verdict: 'accepted' }>

/** What Microsoft says about a credential, who can mend it and how. */
export function verdictWords({ verdict: words }: ConsoleTexts['setup'], answer: Unaccepted): Words {
  if (answer.verdict === 'unreadable') return words.unreadable[answer.cause]
  if (answer.verdict === 'not_refused' || answer.verdict === 'no_answer') {
    return words[answer.verdict]
  }
  return refusalWords(words, answer)
}

function refusalWords(words: ConsoleTexts['setup']['verdict'], answer: RefusedCredential): Words {
  const code = answer.code === undefined ? 'invalid_client' : `AADSTS${answer.code}`
  if (answer.verdict === 'unknown_app') return fill(words.unknown_app, { code })
  const { rejected, wrong_tenant } = words
  const text = answer.verdict === 'rejected' ? rejected[answer.cause] : wrong_tenant[answer.cause]
  return fill(text, { code })
}

/** Which field of the form a refusal is about. */
export function fieldOfRefusal(answer: RefusedCredential, kind: AppCredential['kind']): string {
  if (answer.verdict === 'unknown_app') return 'clientId'
  if (answer.verdict === 'wrong_tenant') return 'tenant'
  return kind === 'certificate' ? 'certificate' : 'clientSecret'
}
