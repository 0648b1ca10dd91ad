import { html } from '../../http/html.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { consolePage } from '../console-page.ts'
import type { SignedInVisit } from '../visit.ts'
import type { HealthDependencies } from './health-dependencies.ts'

/** `GET /console/runbook`: the runbook of the version that is deployed, in English as it is written. */
export async function runbookPage(
  { runbook }: Pick<HealthDependencies, 'runbook'>,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  return consolePage(visit, {
    title: visit.words.health.runbook_title,
    section: 'health',
    content: html`<div class="prose" lang="en">${runbook()}</div>`,
  })
}
