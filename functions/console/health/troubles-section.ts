import { notice } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import type { SignedInVisit } from '../visit.ts'
import { type Health, type Trouble, troublesOf } from './health.ts'
import { firstSteps } from './runbook.ts'

/** These can wait until morning. */
const CAN_WAIT: ReadonlySet<Trouble> = new Set<Trouble>(['credential_ending', 'count_old'])

/** What is wrong and what to do first; or that nothing is. */
export function troublesSection({ words }: SignedInVisit, health: Health): Html {
  const text = words.health
  const troubles = troublesOf(health)
  if (troubles.length === 0) return notice('good', text.well)
  const list = troubles.map(
    (trouble) => html`<section class="notice ${CAN_WAIT.has(trouble) ? 'neutral' : 'bad'}">
<h2>${text[trouble]}</h2>
${firstSteps(text, trouble)}</section>\n`,
  )
  return html`${list}`
}
