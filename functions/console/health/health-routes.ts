import { html } from '../../http/html.ts'
import type { HttpResponse } from '../../http/responses.ts'
import type { RouteOf } from '../../http/routes.ts'
import { consolePage } from '../console-page.ts'
import type { ConsoleRoute, SignedInVisit } from '../visit.ts'
import { connectionsSection } from './connections-section.ts'
import { countsSection } from './counts-section.ts'
import { credentialSection } from './credential-section.ts'
import { readHealth } from './health.ts'
import type { HealthDependencies } from './health-dependencies.ts'
import { outcomesSection } from './outcomes-section.ts'
import { sweepsSection } from './sweeps-section.ts'
import { troublesSection } from './troubles-section.ts'

export const healthRoutes = {
  'GET /console/health': { by: 'partner', answer: healthPage },
} satisfies Partial<Record<RouteOf<'console'>, ConsoleRoute<HealthDependencies>>>

/** How the service is, the most urgent first. */
async function healthPage(deps: HealthDependencies, visit: SignedInVisit): Promise<HttpResponse> {
  const health = await readHealth(deps)
  return consolePage(visit, {
    title: visit.words.health.title,
    section: 'health',
    content: html`${troublesSection(visit, health)}
${connectionsSection(visit, health)}
${outcomesSection(visit, health)}
${countsSection(visit, health)}
${sweepsSection(visit, health)}
${credentialSection(visit, health)}`,
  })
}
