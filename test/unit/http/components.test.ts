import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  button,
  choices,
  copyField,
  details,
  formButton,
  formWith,
  languageLinks,
  notice,
  textField,
} from '../../../functions/http/components.ts'
import { COPY_SCRIPT } from '../../../functions/http/copy-script.ts'
import { ALL_LANGUAGES } from '../../../functions/http/language.ts'
import { aView } from '../../support/a-view.ts'

const view = aView()

describe('a component', () => {
  test('makes no markup of what it is given, wherever that goes', () => {
    const nasty = fc.string().map((text) => `"'><img src=x ${text}>`)
    const isHarmless = (it: string) =>
      [
        button(it, it),
        formButton({ action: it, fields: { [it]: it }, label: it }),
        textField({ name: it, label: it, value: it, help: it, error: it, placeholder: it }),
        copyField(view, { name: it, label: it, value: it }),
        choices(it, it, [{ value: it, label: it, detail: it }]),
        details([[it, it]]),
        notice('bad', it),
        languageLinks(view, { [it]: it }),
      ].every(({ text }) => !text.includes('<img') && !text.includes(`"'>`))
    expect(fc.check(fc.property(nasty, isHarmless)).failed).toBe(false)
  })
})

describe('a button', () => {
  test('is a link, or a form with all that it sends', () => {
    expect(button('Go', '/x?a=1&b=2', 'secondary').text).toBe(
      '<a class="button secondary" href="/x?a=1&amp;b=2">Go</a>',
    )
    const form = { action: '/connector/authorize', fields: { id: '7', token: 't' }, label: 'Go' }
    expect(formButton(form).text).toBe(
      '<form method="post" action="/connector/authorize"><input type="hidden" name="id" value="7"><input type="hidden" name="token" value="t">\n<button class="button primary">Go</button></form>',
    )
  })
})

describe('a field', () => {
  test('stands in its form, named by its label', () => {
    const field = textField({ name: 'resource', label: 'Address', value: 'v', type: 'url' })
    const { text } = formWith({ action: '/x', fields: {}, label: 'Go' }, field)
    expect(text).toMatch(/<form [^>]+><div class="field"><label for="resource">Address<\/label>/)
    expect(text).toMatch(/<input id="resource" name="resource" type="url" value="v"[^>]* required>/)
    expect(text).not.toMatch(/aria-|class="(?:error|help)"/)
  })

  test('is read out with its error and its help', () => {
    const { text } = textField({ name: 'r', label: 'Address', help: 'How', error: 'Wrong' })
    expect(text).toContain('aria-describedby="r-error r-help" aria-invalid="true"')
    expect(text).toContain('<p class="error" id="r-error">Wrong</p>')
    expect(text).toContain('<p class="help" id="r-help">How</p>')
  })

  test('to copy from can be read and selected without a script, its button is not there', () => {
    const { text } = copyField(view, { name: 'link', label: 'Link', value: 'https://x.example' })
    expect(text).toContain('<input id="link" value="https://x.example" readonly>')
    expect(text).toMatch(/<button [^>]*data-copy="Copied" hidden>Copy<\/button>/)
  })
})

describe('the copy button', () => {
  /** A page with one copy field, and what became of it. */
  async function copying(writeText: (text: string) => Promise<void>) {
    const field = { value: 'the link', selected: false, select: () => undefined }
    field.select = () => {
      field.selected = true
    }
    const copied: string[] = []
    const copyButton = {
      previousElementSibling: field,
      hidden: true,
      textContent: 'Copy',
      dataset: { copy: 'Copied' },
      onclick: async () => expect.unreachable('the script did not run'),
    }
    const document = {
      querySelectorAll: (selector: string) =>
        selector === 'button[data-copy]' ? [copyButton] : [],
      execCommand: (command: string) => copied.push(`${command} of the selection`),
    }
    const clipboard = {
      writeText: async (text: string) => {
        await writeText(text)
        copied.push(text)
      },
    }
    runInNewContext(COPY_SCRIPT, { document, navigator: { clipboard } })
    const before = { ...copyButton }
    await copyButton.onclick()
    return { before, after: copyButton, field, copied }
  }

  test('appears with the script, copies, and says so', async () => {
    const { before, after, field, copied } = await copying(async () => undefined)
    expect(before).toMatchObject({ hidden: false, textContent: 'Copy' })
    expect(after.textContent).toBe('Copied')
    expect([field.selected, copied]).toEqual([true, ['the link']])
  })

  test('copies the selection where the clipboard is not to be had', async () => {
    const { after, copied } = await copying(async () => Promise.reject(new Error('denied')))
    expect(copied).toEqual(['copy of the selection'])
    expect(after.textContent).toBe('Copied')
  })
})

describe('a list of choices', () => {
  test('lets one be chosen, and chooses none beforehand', () => {
    const list = ['a', 'b'].map((value) => ({ value, label: value.toUpperCase() }))
    const { text } = choices('resource', 'Which?', list)
    expect(text).toMatch(/^<fieldset><legend>Which\?<\/legend>/)
    expect(text.match(/<input type="radio" name="resource" value="[ab]" required>/g)).toHaveLength(
      2,
    )
    expect(text).not.toContain('checked')
  })

  test('of one has it chosen', () => {
    const { text } = choices('r', 'Which?', [{ value: 'a', label: 'A', detail: 'a.example' }])
    expect(text).toContain(' required checked>')
    expect(text).toContain('<strong>A</strong><small>a.example</small>')
  })
})

test('details are names with their facts', () => {
  expect(details([['Code', 'AADSTS1']]).text).toBe('<dl><dt>Code</dt><dd>AADSTS1</dd>\n</dl>')
})

test('a notice shows its tone', () => {
  expect(notice('bad', 'Careful').text).toBe('<p class="notice bad">Careful</p>')
})

describe('the links to other languages', () => {
  test('keep what the page was asked for with, and mark the one it is in', () => {
    const { text } = languageLinks(aView('de'), { admin_consent: 'True', lang: 'fr' })
    expect(text).toContain('<summary>Sprache: Deutsch</summary>')
    const links = [...text.matchAll(/<a href="([^"]*)" lang="([^"]*)" hreflang="\2"([^>]*)>/g)]
    expect(links.map(([, href, lang]) => [href, lang])).toEqual(
      ALL_LANGUAGES.map((lang) => [`?admin_consent=True&amp;lang=${lang}`, lang]),
    )
    expect(links.filter(([, , , rest]) => rest !== '').map(([, , lang]) => lang)).toEqual(['de'])
    expect(text).toContain(' aria-current="true">Deutsch</a>')
  })
})
