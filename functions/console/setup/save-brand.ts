import {
  type Brand,
  type BrandProblem,
  brandProblems,
  LARGEST_LOGO_KB,
  LONGEST_NAME,
  parseBrand,
} from '../../domain/brand.ts'
import { logoOf } from '../../domain/logo-file.ts'
import type { Words } from '../../http/components.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { fill } from '../../http/texts.ts'
import { logAction } from '../log-action.ts'
import type { ConsoleTexts } from '../texts.ts'
import type { SignedInVisit } from '../visit.ts'
import type { SetupDependencies } from './dependencies.ts'
import { type Done, setupPage } from './setup-page.ts'
import { setupScene } from './setup-scene.ts'

const UNPROCESSABLE = 422

const FIELD_OF_PROBLEM: Readonly<Record<BrandProblem, string>> = {
  name_unusable: 'name',
  logo_too_large: 'logo',
  logo_unusable: 'logo',
  colour_unusable: 'colour',
}

/** Takes name, logo and colour, in place of those before; a logo that is not touched stays. */
export async function saveBrand(
  deps: SetupDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const { brand: before } = await deps.partnerSettings.read()
  const written = writtenBrand(visit, before)
  const problems = brandProblems(written)
  if (problems.length > 0) return giveBack(deps, visit, problems)
  await deps.partnerSettings.saveBrand(parseBrand(written))
  logAction(deps, visit, { reason: 'brand' })
  const done: Done = 'brand_saved'
  return seeOther(`/console/setup?done=${done}`)
}

function writtenBrand({ form }: SignedInVisit, before: Brand): Partial<Brand> {
  const { fields, files } = form
  const file = files.get('logo')
  const kept = fields.get('removeLogo') === 'yes' ? undefined : before.logo
  // A file that is no picture is a logo that is none.
  const logo = file === undefined ? kept : (logoOf(file) ?? 'no picture')
  const name = fields.get('name') ?? ''
  const colour = fields.get('colour')?.trim() ?? ''
  return { name, colour, ...(logo === undefined ? {} : { logo }) }
}

async function giveBack(
  deps: SetupDependencies,
  visit: SignedInVisit,
  problems: readonly BrandProblem[],
): Promise<HttpResponse> {
  const words = wordsOfProblems(visit.words.setup)
  const errors = Object.fromEntries(
    problems.map((problem) => [FIELD_OF_PROBLEM[problem], words[problem]]),
  )
  const { fields: typed } = visit.form
  const scene = await setupScene(deps, visit, { step: 'brand', typed, errors })
  return setupPage(scene, UNPROCESSABLE)
}

function wordsOfProblems({ brand }: ConsoleTexts['setup']): Readonly<Record<BrandProblem, Words>> {
  const { name_unusable, logo_too_large, logo_unusable, colour_unusable } = brand.problems
  return {
    name_unusable: fill(name_unusable, { most: String(LONGEST_NAME) }),
    logo_too_large: fill(logo_too_large, { size: String(LARGEST_LOGO_KB) }),
    logo_unusable,
    colour_unusable,
  }
}
