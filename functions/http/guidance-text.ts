import { PORTAL_LINKS } from '../domain/portal-links.ts'
import type { Reason, Situation } from '../domain/reason.ts'
import { factsOf } from '../domain/situations.ts'
import { type Texts, textsOf } from './texts.ts'

/** The words of a situation: a heading, what happened, and what whoever reads it does next. */
export interface GuidanceText {
  readonly title: string
  readonly happened: string
  readonly remedy: string
}

/** The words of a situation for a person, in English. */
export function textOf(situation: Situation): GuidanceText {
  return textsOf('en').situations[situation]
}

/** What happened and what to do, as one text for an API client. */
export function messageOf({ situation }: Pick<Reason, 'situation'>): string {
  const { happened, remedy } = textOf(situation)
  return `${happened} ${remedy}`
}

/** Microsoft's page on which whoever has to act can do so, where there is one. */
export function portalLinkOf(
  { links }: Texts,
  situation: Situation,
): { readonly url: string; readonly label: string } | undefined {
  const { link } = factsOf(situation)
  return link && { url: PORTAL_LINKS[link], label: links[link] }
}
