import { federationCommands } from '../../domain/federation-commands.ts'
import { details, formWith, notice, textField } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { textArea, timeText } from '../components.ts'
import { hasEnded } from './credential-warnings.ts'
import { checkbox, copyLines, options } from './fields.ts'
import { fieldsOfStep, type SetupScene, type Step } from './setup-scene.ts'

/** Stands for the app's id in commands as long as it is not known. */
const APP_ID_IN_SHELL = '"$appId"'

/** How the app proves itself to Microsoft; the one that is stored is never shown. */
export function credentialStep(scene: SetupScene): Step {
  const { settings, words, now } = scene
  const { app } = settings
  const text = app === undefined ? words.credential.text : words.credential.text_replace
  return {
    name: 'credential',
    isDone: app !== undefined && !hasEnded(app, now),
    content: html`${storedApp(scene)}
<p>${text}</p>
${credentialForm(scene)}`,
  }
}

function storedApp({ visit, words, settings }: SetupScene): Html {
  const { app } = settings
  if (app === undefined) return html``
  const { facts, kinds } = words.credential
  const { kind, changedAt, endsAt } = app
  return details([
    [facts.client_id, app.clientId],
    ...(kind ? [[facts.kind, kinds[kind]] as const] : []),
    ...(changedAt ? [[facts.changed, timeText(visit.view, changedAt)] as const] : []),
    ...(endsAt ? [[facts.ends, timeText(visit.view, endsAt)] as const] : []),
  ])
}

function credentialForm(scene: SetupScene): Html {
  const { visit, words, deployment } = scene
  const { fields, button } = words.credential
  const { shown, errorOf, notice: returnedNotice } = fieldsOfStep(scene, 'credential')
  const form = {
    action: '/console/setup/app-credential',
    fields: { formToken: visit.formToken },
    label: button,
  }
  const content = html`${returnedNotice ? html`<div role="alert">${notice('bad', returnedNotice)}</div>` : ''}
${textField({
  name: 'clientId',
  label: fields.client_id,
  help: fields.client_id_help,
  value: shown('clientId', scene.settings.app?.clientId),
  error: errorOf('clientId'),
  placeholder: '11111111-2222-3333-4444-555555555555',
})}
${kindField(scene)}
<div class="client_secret">${secretFields(scene)}</div>
<div class="certificate">${certificateField(scene)}</div>
${deployment.tokenRequestRoles ? html`<div class="federated">${federation(scene)}</div>` : ''}
<div class="tenant">${textField({
    name: 'tenant',
    label: fields.tenant,
    help: fields.tenant_help,
    value: shown('tenant'),
    error: errorOf('tenant'),
    placeholder: 'contoso.onmicrosoft.com',
    isOptional: true,
  })}</div>
${agreement(scene, 'anotherApp', fields.another_app)}
${agreement(scene, 'storeAnyway', fields.store_anyway)}`
  return formWith(form, content)
}

function kindField(scene: SetupScene): Html {
  const { words, deployment, settings } = scene
  const { fields, kinds } = words.credential
  const isFederated = deployment.tokenRequestRoles !== undefined
  const offered = [
    { value: 'client_secret', label: kinds.client_secret },
    { value: 'certificate', label: kinds.certificate },
    ...(isFederated ? [{ value: 'federated', label: kinds.federated }] : []),
  ]
  const usual = settings.app?.kind ?? (isFederated ? 'federated' : 'client_secret')
  const { shown } = fieldsOfStep(scene, 'credential')
  const wanted = shown('kind', usual)
  const isOffered = offered.some(({ value }) => value === wanted)
  const value = isOffered ? wanted : 'client_secret'
  const field = options({ name: 'kind', legend: fields.kind, value, options: offered })
  const setting = { setting: '--context appCredential=federated' }
  return html`${field}
${isFederated ? '' : html`<p class="help">${fill(fields.not_federated, setting)}</p>`}`
}

function secretFields(scene: SetupScene): Html {
  const { fields } = scene.words.credential
  const { shown, errorOf } = fieldsOfStep(scene, 'credential')
  return html`${textField({
    name: 'clientSecret',
    label: fields.secret,
    help: fields.secret_help,
    error: errorOf('clientSecret'),
    type: 'password',
    isOptional: true,
  })}
${textField({
  name: 'endsOn',
  label: fields.ends,
  help: fields.ends_help,
  value: shown('endsOn'),
  error: errorOf('endsOn'),
  type: 'date',
  isOptional: true,
})}`
}

function certificateField(scene: SetupScene): Html {
  const { fields } = scene.words.credential
  const { errorOf } = fieldsOfStep(scene, 'credential')
  return textArea({
    name: 'certificate',
    label: fields.certificate,
    help: fields.certificate_help,
    error: errorOf('certificate'),
    placeholder: '-----BEGIN CERTIFICATE-----',
  })
}

function federation({ visit, words, deployment, settings }: SetupScene): Html {
  const roles = deployment.tokenRequestRoles
  if (roles === undefined) return html``
  const { text, label } = words.credential.federation
  const commands = federationCommands(settings.app?.clientId ?? APP_ID_IN_SHELL, roles)
  const lines = commands.join('\n')
  return html`<p>${text}</p>
${copyLines(visit.view, { name: 'federationCommands', label, lines })}`
}

/** Asked for only where there is something to agree to. */
function agreement(scene: SetupScene, name: string, label: string): Html {
  const { shown, errorOf } = fieldsOfStep(scene, 'credential')
  const error = errorOf(name)
  const isChecked = shown(name) === 'yes'
  return error || isChecked ? checkbox({ name, label, isChecked, error }) : html``
}
