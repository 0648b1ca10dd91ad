import type { Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import type { View } from '../../http/view.ts'

/** Something to agree to. */
export interface Checkbox {
  readonly name: string
  readonly label: Words
  readonly isChecked?: boolean
  readonly error?: Words | undefined
}

export function checkbox({ name, label, isChecked = false, error }: Checkbox): Html {
  const attributes = [
    ...(isChecked ? [html` checked`] : []),
    ...(error ? [html` aria-describedby="${name}-error" aria-invalid="true" autofocus`] : []),
  ]
  return html`<div class="field check">${error ? html`<p class="error" id="${name}-error">${error}</p>` : ''}
<label for="${name}"><input type="checkbox" id="${name}" name="${name}" value="yes"${attributes}><span>${label}</span></label></div>`
}

/** One of a few, all of them to be seen. */
export interface Options {
  readonly name: string
  readonly legend: Words
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: Words }[]
}

export function options({ name, legend, value, options: list }: Options): Html {
  const items = list.map((option) => {
    const checked = option.value === value ? html` checked` : ''
    return html`<label><input type="radio" name="${name}" value="${option.value}"${checked}><span>${option.label}</span></label>\n`
  })
  return html`<fieldset class="options"><legend>${legend}</legend>${items}</fieldset>`
}

/** Several lines to take along, and a button that copies them where a script may run. */
export function copyLines(
  { texts }: View,
  { name, label, lines }: { readonly name: string; readonly label: Words; readonly lines: string },
): Html {
  const rows = lines.split('\n').length + 1
  return html`<div class="field"><label for="${name}">${label}</label>
<div class="copy"><textarea id="${name}" rows="${rows}" readonly spellcheck="false">
${lines}</textarea>
<button class="button secondary" type="button" aria-live="polite" data-copy="${texts.shell.copied}" hidden>${texts.shell.copy}</button></div></div>`
}
