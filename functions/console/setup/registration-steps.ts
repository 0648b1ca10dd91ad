import { PORTAL_LINKS } from '../../domain/portal-links.ts'
import { copyField } from '../../http/components.ts'
import { html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { copyLines } from './fields.ts'
import { registerCommands } from './register-commands.ts'
import type { SetupScene, Step } from './setup-scene.ts'

/** Where Microsoft is to send the browser back to; done once there is an app, which cannot be made without. */
export function replyUrlStep({ visit, words, replyUrl, settings }: SetupScene): Step {
  const { label, where, exact } = words.reply_url
  return {
    name: 'reply_url',
    isDone: settings.app !== undefined,
    content: html`${copyField(visit.view, { name: 'replyUrl', label, value: replyUrl })}
<p>${where}</p>
<p>${exact}</p>`,
  }
}

/** How the app comes to be: by hand, or by commands. */
export function registerStep({ visit, words, replyUrl, settings }: SetupScene): Step {
  const { register } = words
  const { name } = visit.view.brand
  const lines = registerCommands({ displayName: name, replyUrl })
  const portal = [
    register.new,
    fill(register.name, { name }),
    register.accounts,
    register.redirect,
    register.permissions,
    register.secret,
  ]
  return {
    name: 'register',
    isDone: settings.app !== undefined,
    content: html`<p>${register.text}</p>
<h3>${register.portal_title}</h3>
<p><a class="button secondary" href="${PORTAL_LINKS.app_registrations}" target="_blank" rel="noopener noreferrer">${register.portal_button}</a></p>
<ol>${portal.map((item) => html`<li>${item}</li>\n`)}</ol>
<p>${register.no_dynamics}</p>
<h3>${register.cli_title}</h3>
<p>${register.cli_text}</p>
${copyLines(visit.view, { name: 'registerCommands', label: register.cli_label, lines })}
<p>${register.cli_after}</p>
<p>${register.publisher}</p>`,
  }
}
