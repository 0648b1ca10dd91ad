import type { Situation, Who } from '../domain/reason.ts'
import type { Words } from './components.ts'
import { portalLinkOf } from './guidance-text.ts'
import { html } from './html.ts'
import type { View } from './view.ts'

/** A detail of a page: its name, and what it says. */
export type Row = readonly [Words, Words]

/** Who can act: the person, their administrator, the partner itself, or nobody. */
export function whoRow({ texts, brand }: View, who: Who): Row {
  const { who: label, ...names } = texts.pages.failed
  return [label, who === 'application_owner' ? brand.name : names[who]]
}

/** A time as people write it, and as whoever searches a log does. */
export function timeRow({ language, texts }: View, at: Date): Row {
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone: 'UTC',
  })
  const words = html`<time datetime="${at.toISOString()}">${format.format(at)}</time>`
  return [texts.pages.failed.time, words]
}

/** Microsoft's page on which whoever has to act can do so, where there is one. */
export function whereRow({ texts }: View, situation: Situation): readonly Row[] {
  const link = portalLinkOf(texts, situation)
  return link ? [[texts.pages.failed.where, html`<a href="${link.url}">${link.label}</a>`]] : []
}
