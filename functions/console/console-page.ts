import { accountOfUser, type ConsoleUser } from '../domain/console-session.ts'
import { formButton, languageLinks, notice, type Words } from '../http/components.ts'
import { brandMark, documentResponse } from '../http/document.ts'
import { type Html, html } from '../http/html.ts'
import { queryOf } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { CONSOLE_PATH, CONSOLE_RETURN_PATH } from '../http/routes.ts'
import { fill } from '../http/texts.ts'
import { CONSOLE_STYLE } from './console-style.ts'
import type { SignedInVisit, Visit } from './visit.ts'

/** A part of the console, as its menu has it. */
export type Section = 'health' | 'connections' | 'setup' | 'clients'

/** A page of the console. */
export interface ConsolePage {
  readonly title: Words
  readonly section: Section
  /** What is below the title; or with the title, where it stands beside something. */
  readonly content: Html
  readonly statusCode?: number
  /** Whether `content` brings the heading itself. */
  readonly hasHeading?: boolean
  /** What has just been done, for whoever did it. */
  readonly done?: Words | undefined
  /** Scripts of ours, as constant text; without them everything works too. */
  readonly scripts?: readonly string[]
  /** Style sheets beside that of every page of the console, as constant text. */
  readonly styles?: readonly string[]
}

const SECTIONS: readonly Section[] = ['health', 'connections', 'setup', 'clients']

/** Who is bound to an account sees its connections, and nothing of the service. */
const SECTIONS_OF_ACCOUNT: readonly Section[] = ['connections']

/** Renders a page for somebody who is signed in. */
export function consolePage(visit: SignedInVisit, page: ConsolePage): HttpResponse {
  const {
    title,
    content,
    statusCode = 200,
    hasHeading = false,
    done,
    scripts = [],
    styles = [],
  } = page
  const main = html`${done ? html`<div role="status">${notice('good', done)}</div>` : ''}
${hasHeading ? '' : html`<h1>${title}</h1>`}
${content}`
  return documentResponse(visit.view, {
    statusCode,
    title,
    styles: [CONSOLE_STYLE, ...styles],
    scripts,
    body: shell(visit, { bar: bar(visit, page.section), main, width: 'wide' }),
  })
}

/** Renders a page for nobody in particular: to sign in. */
export function openConsolePage(
  visit: Visit,
  page: { readonly title: Words; readonly content: Html; readonly statusCode?: number },
): HttpResponse {
  const main = html`<h1>${page.title}</h1>
${page.content}`
  const bar = html`<div class="brand">${brandMark(visit.view)}</div>`
  return documentResponse(visit.view, {
    statusCode: page.statusCode ?? 200,
    title: page.title,
    styles: [CONSOLE_STYLE],
    body: shell(visit, { bar, main, width: 'narrow' }),
  })
}

interface Parts {
  readonly bar: Html
  readonly main: Html
  readonly width: 'wide' | 'narrow'
}

function shell(visit: Visit, { bar, main, width }: Parts): Html {
  return html`<a class="skip" href="#main">${visit.words.shell.skip}</a>
<div class="shell ${width}">
<header class="bar">${bar}</header>
<main id="main" tabindex="-1">
${main}
</main>
<footer>${isAskedForByGet(visit) ? languageLinks(visit.view, keptQuery(visit)) : ''}</footer>
</div>`
}

function bar(visit: SignedInVisit, current: Section): Html {
  const { words, session, formToken } = visit
  const isOfAccount = accountOfUser(session.user) !== undefined
  const links = (isOfAccount ? SECTIONS_OF_ACCOUNT : SECTIONS).map((section) => {
    const mark = section === current ? html` aria-current="page"` : ''
    return html`<li><a href="${CONSOLE_PATH}/${section}"${mark}>${words.shell[section]}</a></li>`
  })
  const signOut = {
    action: `${CONSOLE_PATH}/sign-out`,
    fields: { formToken },
    label: words.shell.sign_out,
    rank: 'secondary',
  } as const
  return html`<a class="brand" href="${CONSOLE_PATH}">${brandMark(visit.view)}</a>
<nav aria-label="${words.shell.sections}"><ul>${links}</ul></nav>
<div class="who"><span>${whoWords(visit, session.user)}</span>${formButton(signOut)}</div>`
}

function whoWords({ words }: Visit, user: ConsoleUser): Words {
  const account = accountOfUser(user)
  return account === undefined
    ? fill(words.shell.signed_in, { name: user.name })
    : fill(words.shell.signed_in_account, { name: user.name, account })
}

/** What a provider sends back with the browser is asked for once, and stands in no link. */
function isAskedForByGet({ http }: Visit): boolean {
  return http.requestContext.http.method === 'GET' && http.rawPath !== CONSOLE_RETURN_PATH
}

/** What tells of something that has just happened, and the language itself. */
const NOT_KEPT: ReadonlySet<string> = new Set(['lang', 'done', 'problem'])

/** What the page was asked for with, so that it is asked for again in another language. */
function keptQuery({ http }: Visit): Readonly<Record<string, string>> {
  const kept = [...queryOf(http)].filter(([name]) => !NOT_KEPT.has(name))
  return Object.fromEntries(kept)
}
