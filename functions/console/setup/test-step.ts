import { formButton, notice } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { fieldsOfStep, type SetupScene, type Step, TEST_ACCOUNT } from './setup-scene.ts'

/** The partner's own try of what its customers will do. */
export function testStep(scene: SetupScene): Step {
  const { words, settings, tries } = scene
  const connected = tries.find(({ status }) => status === 'connected')
  const latest = connected ?? tries[0]
  return {
    name: 'test',
    isDone: connected !== undefined,
    content: html`<p>${fill(words.test.text, { account: TEST_ACCOUNT })}</p>
${latest ? html`<p><a href="/console/connections/${latest.id}">${words.test.result}</a></p>` : ''}
${settings.app === undefined ? html`<p>${words.test.first}</p>` : testForm(scene)}`,
  }
}

function testForm(scene: SetupScene): Html {
  const { visit, words, tries } = scene
  const { notice: problem } = fieldsOfStep(scene, 'test')
  const form = {
    action: '/console/setup/test',
    fields: { formToken: visit.formToken },
    label: tries.length > 0 ? words.test.again : words.test.button,
  }
  return html`${problem ? html`<div role="alert">${notice('bad', problem)}</div>` : ''}
${formButton(form)}`
}
