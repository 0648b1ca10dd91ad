import { type Brand, brandProblems, parseBrand } from '../../domain/brand.ts'
import { previewPage } from '../../http/environment-pages.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/responses.ts'
import type { SignedInVisit } from '../visit.ts'
import type { SetupDependencies } from './dependencies.ts'

/** The page that a customer sees first, with the brand that is being typed, for a frame of the set-up. */
export async function brandPreview(
  { deployment, partnerSettings }: SetupDependencies,
  { http, view }: SignedInVisit,
): Promise<HttpResponse> {
  const query = queryOf(http)
  const typed = { name: query.get('name'), colour: query.get('colour')?.toLowerCase() }
  // As it is now: what pages know of it may be a minute old, and somebody looks who has just saved it.
  const { logo } = (await partnerSettings.read()).brand
  const brand = { ...usable(typed), ...(logo ? { logo } : {}) }
  const framedBy = new URL(deployment.publicUrl).origin
  return previewPage({ ...view, brand }, framedBy)
}

/** Without the part that is half typed. */
function usable({
  name,
  colour,
}: {
  readonly name?: string | undefined
  readonly colour?: string | undefined
}): Brand {
  const problems = brandProblems({ name, colour })
  return parseBrand({
    name: problems.includes('name_unusable') ? undefined : name,
    colour: problems.includes('colour_unusable') ? undefined : colour,
  })
}
