import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import type { ConsoleTexts } from '../texts.ts'
import type { Trouble } from './health.ts'

/** Where the deployment's folder has the whole of it; the service does not serve it. */
const RUNBOOK = 'infra/RUNBOOK.md'

/** The articles of the runbook, by their headings there, which are English. */
export const ARTICLE_OF: Readonly<Record<Trouble, string>> = {
  credential_rejected: 'Microsoft rejects the app credential',
  credential_ended: 'The app credential is about to end',
  credential_ending: 'The app credential is about to end',
  sweeps_stopped: 'The sweep does not run',
  keeps_up_not: 'Refreshing does not keep up',
  count_old: 'Functions fail',
}

/** A command of this folder that an article begins with. */
const COMMAND_OF: Readonly<Partial<Record<Trouble, string>>> = {
  credential_rejected: 'npm run setup -- --replace-app-credential',
  credential_ended: 'npm run setup -- --replace-app-credential',
  credential_ending: 'npm run setup -- --replace-app-credential',
  sweeps_stopped: 'aws events list-rules --name-prefix dynamics-connect-sweep-',
}

/** What to do about a trouble: the first steps here, and where the rest is. */
export function firstSteps(words: ConsoleTexts['health'], trouble: Trouble): Html {
  const command = COMMAND_OF[trouble]
  const article = ARTICLE_OF[trouble]
  return html`<p>${words[`steps_${trouble}`]}</p>
${command ? html`<pre lang="en"><code>${command}</code></pre>` : ''}
<p class="help">${fill(words.runbook, { article, file: RUNBOOK })}</p>`
}
