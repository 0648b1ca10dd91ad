import { hostOf, type Resource } from '../domain/resource.ts'
import type { Tone, Words } from '../http/components.ts'
import { type Html, type HtmlValue, html } from '../http/html.ts'
import type { View } from '../http/view.ts'

/** One of a few, to pick from a list that opens. */
export interface SelectField {
  readonly name: string
  readonly label: Words
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: Words }[]
  readonly help?: Words
}

export function selectField({ name, label, value, options, help }: SelectField): Html {
  const list = options.map((option) => {
    const selected = option.value === value ? html` selected` : ''
    return html`<option value="${option.value}"${selected}>${option.label}</option>`
  })
  const describedBy = help ? html` aria-describedby="${name}-help"` : ''
  return html`<div class="field"><label for="${name}">${label}</label>
<select id="${name}" name="${name}"${describedBy}>${list}</select>
${help ? html`<p class="help" id="${name}-help">${help}</p>` : ''}</div>`
}

/** A field for several lines. */
export interface TextArea {
  readonly name: string
  readonly label: Words
  readonly value?: string
  readonly help?: Words
  readonly error?: Words | undefined
  readonly placeholder?: string
}

export function textArea({ name, label, value = '', help, error, placeholder }: TextArea): Html {
  const describedBy = [...(error ? [`${name}-error`] : []), ...(help ? [`${name}-help`] : [])]
  const attributes = [
    ...(placeholder ? [html` placeholder="${placeholder}"`] : []),
    ...(describedBy.length > 0 ? [html` aria-describedby="${describedBy.join(' ')}"`] : []),
    ...(error ? [html` aria-invalid="true" autofocus`] : []),
  ]
  return html`<div class="field"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" autocomplete="off" autocapitalize="none" spellcheck="false"${attributes}>
${value}</textarea>
${error ? html`<p class="error" id="${name}-error">${error}</p>` : ''}
${help ? html`<p class="help" id="${name}-help">${help}</p>` : ''}</div>`
}

/** A box to tick: it sends `yes`, or nothing. */
export interface CheckBox {
  readonly name: string
  /** Where another field of the page has the same name. */
  readonly id?: string
  readonly label: Words
  readonly error?: Words | undefined
  readonly isRequired?: boolean
}

export function checkBox({ name, id = name, label, error, isRequired }: CheckBox): Html {
  const attributes = [
    ...(isRequired ? [html` required`] : []),
    ...(error ? [html` aria-describedby="${id}-error" aria-invalid="true" autofocus`] : []),
  ]
  return html`<div class="check"><input type="checkbox" id="${id}" name="${name}" value="yes"${attributes}>
<label for="${id}">${label}</label>
${error ? html`<p class="error" id="${id}-error">${error}</p>` : ''}</div>`
}

/** As `copyField`, for a text of several lines. */
export function copyText(
  { texts }: View,
  { name, label, value }: { readonly name: string; readonly label: Words; readonly value: string },
): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<div class="copy"><textarea id="${name}" rows="13" readonly>
${value}</textarea>
<button class="button secondary" type="button" aria-live="polite" data-copy="${texts.shell.copied}" hidden>${texts.shell.copy}</button></div></div>`
}

/** A column of a table. */
export interface Column {
  readonly label: Words
  readonly isNumber?: boolean
}

/** Rows of facts; the first cell of each names its row. It scrolls by itself where it is too wide. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly HtmlValue[])[],
): Html {
  const kindOf = (index: number) => (columns[index]?.isNumber ? html` class="number"` : '')
  const head = columns.map(
    ({ label }, index) => html`<th scope="col"${kindOf(index)}>${label}</th>`,
  )
  const body = rows.map((cells) => {
    const list = cells.map((cell, index) =>
      index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${kindOf(index)}>${cell}</td>`,
    )
    return html`<tr>${list}</tr>\n`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`
}

/** The host of an environment, which breaks before Microsoft's part of it where it is too wide. */
export function hostText(resource: Resource): Html {
  const labels = hostOf(resource).split('.')
  return html`${labels.slice(0, -2).join('.')}<wbr>.${labels.slice(-2).join('.')}`
}

/** A word for a state, with a mark in its colour. */
export function stateMark(tone: Tone, word: Words): Html {
  return html`<span class="state ${tone}">${word}</span>`
}

/** A time in the words of the language, to the minute and in UTC, which is what logs and alarms have too. */
export function timeText({ language }: View, at: Date): Html {
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return html`<time datetime="${at.toISOString()}">${format.format(at)} UTC</time>`
}

const UNITS = [
  { unit: 'day', ms: 24 * 60 * 60 * 1000 },
  { unit: 'hour', ms: 60 * 60 * 1000 },
  { unit: 'minute', ms: 60 * 1000 },
  { unit: 'second', ms: 1000 },
] as const

/** How long ago it was or how soon it will be, with the time itself for whoever points at it. */
export function sinceText({ language }: View, at: Date, now: Date): Html {
  const apart = at.getTime() - now.getTime()
  const { unit, ms } = UNITS.find((one) => Math.abs(apart) >= one.ms) ?? UNITS[3]
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const exact = at.toISOString()
  return html`<time datetime="${exact}" title="${exact}">${words.format(Math.trunc(apart / ms), unit)}</time>`
}
