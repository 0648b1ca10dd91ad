import type { OfferedEnvironments } from '../domain/authorization-request.ts'
import type { CloudName } from '../domain/clouds.ts'
import { hostOf, type Resource } from '../domain/resource.ts'
import type { AddressProblem, PageFirst } from '../domain/sign-in-step.ts'
import { choices, formButton, formWith, notice, textField, type Words } from './components.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from './responses.ts'
import { AGAIN_PATH, ENVIRONMENT_PATH, PLAIN_SIGN_IN_PATH } from './routes.ts'
import { fieldsOfLink, type SignInLinkParameters } from './sign-in-link.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

type Of<O extends PageFirst['outcome']> = Extract<PageFirst, { readonly outcome: O }>

/** Names the environment, and whom it is to be connected to, before the sign-in. */
export function welcomePage(
  view: View,
  link: SignInLinkParameters,
  { resource, isMended }: Of<'welcome'>,
): HttpResponse {
  const { title, button, other } = view.texts.pages.welcome
  const goOn = isMended ? { step: 'type', address: resource } : { step: 'go_on' }
  const fields = fieldsOfLink(link)
  const again = formButton({
    action: PLAIN_SIGN_IN_PATH,
    fields: { ...fields, step: 'go_on' },
    label: other,
    rank: 'secondary',
  })
  return page(view, {
    statusCode: 200,
    title: filled(view, title),
    tone: 'neutral',
    content: html`${introduction(view, { host: hostOf(resource), isMended })}
${formButton({ action: PLAIN_SIGN_IN_PATH, fields: { ...fields, ...goOn }, label: button })}
${isMended ? again : ''}`,
  })
}

/**
 * The page that names the environment, as a customer sees it, for the one origin that may frame it. Nothing
 * on it does anything.
 */
export function previewPage(view: View, framedBy: string): HttpResponse {
  const { title, button } = view.texts.pages.welcome
  return page(view, {
    statusCode: 200,
    title: filled(view, title),
    tone: 'neutral',
    content: html`${introduction(view, { host: EXAMPLE_HOST, isMended: false })}
<button class="button primary" type="button">${button}</button>`,
    framedBy,
  })
}

const EXAMPLE_HOST = 'contoso.crm4.dynamics.com'

function introduction(
  view: View,
  { host, isMended }: { readonly host: string; readonly isMended: boolean },
): Html {
  const { environment, text, mended } = view.texts.pages.welcome
  return html`<p>${filled(view, text)}</p>
${isMended ? notice('neutral', mended) : ''}
<p class="subject"><span class="help">${environment}</span><br><bdi>${host}</bdi></p>`
}

/** Asks which environment: from a list after the sign-in, or by its address. */
export function environmentPage(
  view: View,
  link: SignInLinkParameters,
  wanted: Of<'environment_wanted'> & {
    readonly clouds: readonly CloudName[]
    readonly typed: string
  },
): HttpResponse {
  const words = view.texts.pages.environment
  const { problem, resource, clouds, typed } = wanted
  const fields = fieldsOfLink(link)
  const field = textField({
    name: 'address',
    label: words.label,
    value: resource ?? typed,
    help: words.help,
    error: problem && problemText(view, problem),
    placeholder: 'example.crm.dynamics.com',
  })
  return page(view, {
    statusCode: problem === undefined ? 200 : 422,
    title: words.title,
    tone: 'neutral',
    content: html`<p>${words.find_text}</p>
${clouds.map((cloud) => findButton(view, fields, { cloud, isOnly: clouds.length === 1 }))}
<h2>${words.type_title}</h2>
${formWith({ action: PLAIN_SIGN_IN_PATH, fields: { ...fields, step: 'type' }, label: words.button, rank: 'secondary' }, field)}
${problem === 'nothing_there' && resource ? sureButton(view, fields, resource) : ''}`,
  })
}

function findButton(
  { texts }: View,
  fields: Readonly<Record<string, string>>,
  { cloud, isOnly }: { readonly cloud: CloudName; readonly isOnly: boolean },
): Html {
  const { find_button, find_button_cloud } = texts.pages.environment
  const label = isOnly ? find_button : fill(find_button_cloud, { cloud: texts.pages.clouds[cloud] })
  return formButton({
    action: PLAIN_SIGN_IN_PATH,
    fields: { ...fields, step: 'find', cloud },
    label,
  })
}

function sureButton(
  { texts }: View,
  fields: Readonly<Record<string, string>>,
  resource: Resource,
): Html {
  return formButton({
    action: PLAIN_SIGN_IN_PATH,
    fields: { ...fields, step: 'type', address: resource, sure: 'true' },
    label: texts.pages.environment.sure,
    rank: 'secondary',
  })
}

function problemText(view: View, problem: AddressProblem): Words {
  return filled(view, view.texts.pages.environment[problem])
}

/** The environments of whoever signed in, to pick one; `request` is the id of the sign-in's request. */
export function choicePage(
  view: View,
  { environments, user }: OfferedEnvironments,
  request: string,
): HttpResponse {
  const words = view.texts.pages.choose
  const text = user.username ? words.text : words.text_without_account
  const list = environments.map(({ resource, name, region, purpose }) => ({
    value: resource,
    label: name,
    detail: [hostOf(resource), words[purpose], ...(region ? [region] : [])].join(' · '),
  }))
  const form = { action: ENVIRONMENT_PATH, fields: { request }, label: words.button }
  return page(view, {
    statusCode: 200,
    title: words.title,
    tone: 'neutral',
    content: html`<p>${fill(text, { partner: view.brand.name, account: user.username ?? '' })}</p>
${formWith(form, choices('environment', words.legend, list))}
${formButton({
  action: AGAIN_PATH,
  fields: { request, account: 'other' },
  label: words.other_account,
  rank: 'secondary',
})}`,
  })
}

/** In a frame nobody can sign in at Microsoft, so that the same link is opened in a window. */
export function windowPage(
  view: View,
  { href, framedBy }: { readonly href: string; readonly framedBy: string },
): HttpResponse {
  const { title, text, button } = view.texts.pages.window
  return page(view, {
    statusCode: 200,
    title,
    tone: 'neutral',
    content: html`<p>${text}</p>
<p><a class="button primary" href="${href}" target="_blank" rel="opener">${button}</a></p>`,
    framedBy,
  })
}

function filled({ brand }: View, text: string): Words {
  return fill(text, { partner: brand.name })
}
