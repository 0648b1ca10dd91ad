import { type Html, html } from '../../http/html.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { stateMark } from '../components.ts'
import { consolePage } from '../console-page.ts'
import { brandStep } from './brand-step.ts'
import { checkStep } from './check-step.ts'
import { credentialStep } from './credential-step.ts'
import { credentialWarnings } from './credential-warnings.ts'
import { originsStep } from './origins-step.ts'
import { PREVIEW_SCRIPT } from './preview-script.ts'
import { registerStep, replyUrlStep } from './registration-steps.ts'
import type { SetupScene, Step } from './setup-scene.ts'
import { SETUP_STYLE } from './setup-style.ts'
import { testStep } from './test-step.ts'

/** What was just done, as the page's address says it. */
export const DONE = [
  'credential_proven',
  'credential_stored',
  'check_accepted',
  'origins_saved',
  'brand_saved',
] as const

export type Done = (typeof DONE)[number]

/** All steps; the first that is not done is open, or the one whose form came back. */
export function setupPage(scene: SetupScene, statusCode = 200): HttpResponse {
  const { visit, words, returned } = scene
  const steps = [
    replyUrlStep(scene),
    registerStep(scene),
    credentialStep(scene),
    checkStep(scene),
    originsStep(scene),
    brandStep(scene),
    testStep(scene),
  ]
  const open = returned?.step ?? steps.find(({ isDone }) => !isDone)?.name
  const done = doneOf(scene)
  return consolePage(visit, {
    title: words.title,
    section: 'setup',
    statusCode,
    done: done && words.done[done],
    content: html`<p>${words.intro}</p>
${credentialWarnings(scene)}
<ol class="steps">${steps.map((step, index) => stepItem(scene, step, { number: index + 1, isOpen: step.name === open }))}</ol>`,
    styles: [SETUP_STYLE],
    scripts: [PREVIEW_SCRIPT],
  })
}

function doneOf({ visit, returned }: SetupScene): Done | undefined {
  const asked = new URLSearchParams(visit.http.rawQueryString).get('done')
  return returned ? undefined : DONE.find((known) => known === asked)
}

function stepItem(
  { words }: SetupScene,
  { name, isDone, content }: Step,
  { number, isOpen }: { readonly number: number; readonly isOpen: boolean },
): Html {
  const state = isDone
    ? stateMark('good', words.state.done)
    : stateMark('neutral', words.state.open)
  return html`<li id="step-${name}"><details${isOpen ? html` open` : ''}>
<summary><h2><span>${number}. ${words[name].title}</span> ${state}</h2></summary>
<div>${content}</div></details></li>\n`
}
