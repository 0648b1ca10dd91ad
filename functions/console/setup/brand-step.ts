import { DEFAULT_BRAND, LARGEST_LOGO_KB } from '../../domain/brand.ts'
import { textField } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { checkbox } from './fields.ts'
import { fieldsOfStep, type SetupScene, type Step } from './setup-scene.ts'

export const PREVIEW_PATH = '/console/setup/preview'

/** How the partner appears to its customers' people. */
export function brandStep(scene: SetupScene): Step {
  const { words, settings } = scene
  const { name, logo, colour } = settings.brand
  const isNamed = name !== DEFAULT_BRAND.name
  return {
    name: 'brand',
    isDone: isNamed || logo !== undefined || colour !== undefined,
    content: html`<p>${words.brand.text}</p>
<div class="columns">${brandForm(scene)}
${preview(scene)}</div>`,
  }
}

/**
 * The form's token is the value of the button that saves: the other button sends the fields by GET, and
 * nothing that is not for an address may be among them.
 */
function brandForm(scene: SetupScene): Html {
  const { visit, words } = scene
  const { save, show } = words.brand
  return html`<form method="post" action="/console/setup/brand" enctype="multipart/form-data">
${lookFields(scene)}
${logoField(scene)}
<div class="actions"><button class="button primary" name="formToken" value="${visit.formToken}">${save}</button>
<button class="button secondary" formmethod="get" formaction="${PREVIEW_PATH}" formtarget="preview" formnovalidate>${show}</button></div></form>`
}

function lookFields(scene: SetupScene): Html {
  const { words, settings } = scene
  const { name, name_help, colour, colour_help, picker } = words.brand
  const { shown, errorOf } = fieldsOfStep(scene, 'brand')
  const { brand } = settings
  const error = errorOf('colour')
  const describedBy = error ? 'colour-error colour-help' : 'colour-help'
  return html`${textField({
    name: 'name',
    label: name,
    help: name_help,
    value: shown('name', brand.name === DEFAULT_BRAND.name ? '' : brand.name),
    error: errorOf('name'),
    placeholder: DEFAULT_BRAND.name,
    isOptional: true,
  })}
<div class="field"><label for="colour">${colour}</label>
<div class="colour"><input type="color" aria-label="${picker}" hidden>
<input id="colour" name="colour" value="${shown('colour', brand.colour)}" placeholder="#0b57a4" autocomplete="off" spellcheck="false" aria-describedby="${describedBy}"${error ? html` aria-invalid="true" autofocus` : ''}></div>
${error ? html`<p class="error" id="colour-error">${error}</p>` : ''}
<p class="help" id="colour-help">${colour_help}</p></div>`
}

function logoField(scene: SetupScene): Html {
  const { words, settings } = scene
  const { logo, logo_help, remove_logo } = words.brand
  const { shown, errorOf } = fieldsOfStep(scene, 'brand')
  const error = errorOf('logo')
  const describedBy = error ? 'logo-error logo-help' : 'logo-help'
  const hasLogo = settings.brand.logo !== undefined
  const isChecked = shown('removeLogo') === 'yes'
  const size = { size: String(LARGEST_LOGO_KB) }
  return html`<div class="field"><label for="logo">${logo}</label>
<input id="logo" name="logo" type="file" accept=".png,.svg,image/png,image/svg+xml" aria-describedby="${describedBy}"${error ? html` aria-invalid="true"` : ''}>
${error ? html`<p class="error" id="logo-error">${error}</p>` : ''}
<p class="help" id="logo-help">${fill(logo_help, size)}</p></div>
${hasLogo ? checkbox({ name: 'removeLogo', label: remove_logo, isChecked }) : ''}`
}

function preview(scene: SetupScene): Html {
  const { words, settings } = scene
  const { preview_title, preview_text } = words.brand
  const { shown } = fieldsOfStep(scene, 'brand')
  const { name, colour } = settings.brand
  const query = new URLSearchParams({
    name: shown('name', name),
    colour: shown('colour', colour),
  })
  return html`<figure><figcaption>${preview_text}</figcaption>
<iframe name="preview" title="${preview_title}" src="${PREVIEW_PATH}?${query.toString()}" loading="lazy"></iframe></figure>`
}
