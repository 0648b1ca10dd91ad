import { formWith, notice, textField } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { timeText } from '../components.ts'
import { hasEnded } from './credential-warnings.ts'
import { fieldsOfStep, type SetupScene, type Step } from './setup-scene.ts'

/** Whether Microsoft takes what is stored. */
export function checkStep(scene: SetupScene): Step {
  const { words, settings, appBreaker, now } = scene
  const { app } = settings
  const isProven = app?.provenAt !== undefined && !hasEnded(app, now)
  const content = app === undefined ? html`<p>${words.check.first}</p>` : checkContent(scene)
  return { name: 'check', isDone: isProven && appBreaker === undefined, content }
}

function checkContent(scene: SetupScene): Html {
  const { visit, words, settings } = scene
  const { provenAt, endsAt, kind } = settings.app ?? {}
  const { text, proven, ends, end_unknown } = words.check
  const end = endsAt ? html`${ends} ${timeText(visit.view, endsAt)}` : end_unknown
  return html`<p>${text}</p>
${provenAt ? html`<p>${proven} ${timeText(visit.view, provenAt)}</p>` : ''}
${kind === 'federated' ? '' : html`<p>${end}</p>`}
${checkForm(scene)}`
}

function checkForm(scene: SetupScene): Html {
  const { visit, words } = scene
  const { tenant, tenant_help, button } = words.check
  const { shown, errorOf, notice: verdict } = fieldsOfStep(scene, 'check')
  const form = {
    action: '/console/setup/check',
    fields: { formToken: visit.formToken },
    label: button,
  }
  const field = textField({
    name: 'checkTenant',
    label: tenant,
    help: tenant_help,
    value: shown('checkTenant'),
    error: errorOf('checkTenant'),
    placeholder: 'contoso.onmicrosoft.com',
    isOptional: true,
  })
  return html`${verdict ? html`<div role="alert">${notice('bad', verdict)}</div>` : ''}
${formWith(form, field)}`
}
