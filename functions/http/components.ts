import { type Html, type HtmlValue, html } from './html.ts'
import { ALL_LANGUAGES, LANGUAGES } from './language.ts'
import type { View } from './view.ts'

/** Words of a component: text, which is escaped, or what `fill` made of it. */
export type Words = string | Html

/** How good the news is; `busy` is news that is still on its way. */
export type Tone = 'good' | 'bad' | 'neutral' | 'busy'

/** One primary button on a page leads on; any other is secondary, or a danger where there is no way back. */
export type Rank = 'primary' | 'secondary' | 'danger'

/** A link that looks like what it is for. */
export function button(label: Words, href: string, rank: Rank = 'primary'): Html {
  return html`<a class="button ${rank}" href="${href}">${label}</a>`
}

/** A form that is sent by POST to the service itself. */
export interface Form {
  /** A path of the service. */
  readonly action: string
  /** What is sent unseen. */
  readonly fields: Readonly<Record<string, string>>
  /** The words on its button. */
  readonly label: Words
  readonly rank?: Rank
}

/** A button that sends a form without fields to see. */
export function formButton(form: Form): Html {
  return formWith(form, '')
}

/** A form with fields to see, made by the functions below, above its button. */
export function formWith(
  { action, fields, label, rank = 'primary' }: Form,
  content: HtmlValue,
): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form method="post" action="${action}">${hidden}${content}
<button class="button ${rank}">${label}</button></form>`
}

/** A field to type into. */
export interface TextField {
  /** Its name in the form, and its id on the page. */
  readonly name: string
  readonly label: Words
  /** What it opens with. */
  readonly value?: string
  /** How to fill it in. */
  readonly help?: Words
  /** What is wrong with its value, and how to put it right. */
  readonly error?: Words | undefined
  readonly type?: 'text' | 'url' | 'email' | 'password' | 'date'
  readonly placeholder?: string
  /** What a browser or a password manager may fill it with; nothing unless it says. */
  readonly autocomplete?: 'username' | 'current-password'
  /** Whether it may stay empty. */
  readonly isOptional?: boolean
}

/** A field to type into; its help and its error are read out with it, an error at once. */
export function textField(field: TextField): Html {
  const { name, label, value = '', help, error, type = 'text', autocomplete = 'off' } = field
  const [helpId, errorId] = [`${name}-help`, `${name}-error`]
  const describedBy = [...(error ? [errorId] : []), ...(help ? [helpId] : [])].join(' ')
  const attributes = [
    ...(field.isOptional ? [] : [html` required`]),
    ...(field.placeholder ? [html` placeholder="${field.placeholder}"`] : []),
    ...(describedBy ? [html` aria-describedby="${describedBy}"`] : []),
    ...(error ? [html` aria-invalid="true" autofocus`] : []),
  ]
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"${attributes}>
${error ? html`<p class="error" id="${errorId}">${error}</p>` : ''}
${help ? html`<p class="help" id="${helpId}">${help}</p>` : ''}</div>`
}

/** A text to take along, and a button that copies it where a script may run. */
export function copyField(
  { texts }: View,
  { name, label, value }: { readonly name: string; readonly label: Words; readonly value: string },
): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<div class="copy"><input id="${name}" value="${value}" readonly>
<button class="button secondary" type="button" aria-live="polite" data-copy="${texts.shell.copied}" hidden>${texts.shell.copy}</button></div></div>`
}

/** What can be chosen. */
export interface Choice {
  readonly value: string
  readonly label: Words
  readonly detail?: Words
}

/** A list to choose one of, short or long; nothing is chosen beforehand unless it is the only one. */
export function choices(name: string, legend: Words, list: readonly Choice[]): Html {
  const checked = list.length === 1 ? html` checked` : ''
  const items = list.map(
    ({ value, label, detail }) => html`
<li><label><input type="radio" name="${name}" value="${value}" required${checked}>
<span><strong>${label}</strong>${detail ? html`<small>${detail}</small>` : ''}</span></label></li>`,
  )
  return html`<fieldset><legend>${legend}</legend><ul class="choices">${items}</ul></fieldset>`
}

/** Facts by their names, for whoever wants to know more. */
export function details(entries: readonly (readonly [name: Words, fact: Words])[]): Html {
  return html`<dl>${entries.map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>\n`)}</dl>`
}

/** Something to know before going on. */
export function notice(tone: Tone, text: Words): Html {
  return html`<p class="notice ${tone}">${text}</p>`
}

/**
 * Links to the same page in the other languages, for a page that can be asked for again by GET.
 * @param query with which to ask; it becomes part of the page, so nothing unchecked and no secret
 */
export function languageLinks(
  { language, texts }: View,
  query: Readonly<Record<string, string>> = {},
): Html {
  const links = ALL_LANGUAGES.map((other) => {
    const href = `?${new URLSearchParams({ ...query, lang: other })}`
    const current = other === language ? html` aria-current="true"` : ''
    return html`<li><a href="${href}" lang="${other}" hreflang="${other}"${current}>${LANGUAGES[other].name}</a></li>`
  })
  return html`<details><summary>${texts.shell.language}: ${LANGUAGES[language].name}</summary>
<ul class="languages">${links}</ul></details>`
}
