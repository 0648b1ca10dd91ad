import { formWith } from '../../http/components.ts'
import { html } from '../../http/html.ts'
import { textArea } from '../components.ts'
import { fieldsOfStep, type SetupScene, type Step } from './setup-scene.ts'

/** Where a sign-in may return to. */
export function originsStep(scene: SetupScene): Step {
  const { visit, words, settings, deployment } = scene
  const { text, fixed, label, help, button } = words.origins
  const { shown, errorOf } = fieldsOfStep(scene, 'origins')
  const form = {
    action: '/console/setup/origins',
    fields: { formToken: visit.formToken },
    label: button,
  }
  const list = deployment.allowedOrigins.map((origin) => html`<li><code>${origin}</code></li>\n`)
  const field = textArea({
    name: 'origins',
    label,
    help,
    value: shown('origins', settings.allowedOrigins.join('\n')),
    error: errorOf('origins'),
    placeholder: 'https://app.example.com',
  })
  return {
    name: 'origins',
    isDone: settings.allowedOrigins.length + list.length > 0,
    content: html`<p>${text}</p>
${list.length > 0 ? html`<p>${fixed}</p><ul>${list}</ul>` : ''}
${formWith(form, field)}`,
  }
}
