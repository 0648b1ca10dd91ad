import { ServiceError } from './service-error.ts'

/** How the partner appears to its customers' people. */
export interface Brand {
  readonly name: string
  /** The picture itself, as a `data:` URI: nothing is loaded from elsewhere. */
  readonly logo?: string
  /** `#rrggbb`, in lower case. */
  readonly colour?: string
}

/** The brand of a partner that has not set one. */
export const DEFAULT_BRAND: Brand = { name: 'dynamics-connect' }

/** It fits beside a logo on a phone. */
export const LONGEST_NAME = 60

/** It is part of every page, and of every read of the settings. */
const LONGEST_LOGO = 32 * 1024

/** The largest picture that fits: in a `data:` URI it grows by a third. */
export const LARGEST_LOGO_KB = Math.floor((LONGEST_LOGO * 3) / 4 / 1024)

const LOGO = /^data:image\/(?:png|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/
const COLOUR = /^#[0-9a-f]{6}$/i

/** Control characters, and invisible ones that turn the text around them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u

/** What can be wrong with a brand. */
export type BrandProblem = 'name_unusable' | 'logo_too_large' | 'logo_unusable' | 'colour_unusable'

const REMEDIES: Readonly<Record<BrandProblem, string>> = {
  name_unusable: `name: write at most ${LONGEST_NAME} characters on one line`,
  logo_too_large: `logo: use a picture of at most ${LARGEST_LOGO_KB} KB`,
  logo_unusable: 'logo: use a PNG or SVG picture',
  colour_unusable: 'colour: write # and six hexadecimal digits, such as "#0b57a4"',
}

/**
 * A brand as an operator wrote it; what is empty or absent is not set.
 * @throws ServiceError `configuration_invalid` that names everything wrong and says what to write.
 */
export function parseBrand(value: unknown): Brand {
  const problems = brandProblems(value)
  if (problems.length > 0) {
    const remedies = problems.map((problem) => REMEDIES[problem])
    throw new ServiceError(remedies.join('; '), { code: 'configuration_invalid' })
  }
  const { name, logo, colour } = fieldsOf(value)
  return {
    name: name?.trim() || DEFAULT_BRAND.name,
    ...(logo ? { logo } : {}),
    ...(colour ? { colour: colour.toLowerCase() } : {}),
  }
}

/** Everything that is wrong with a brand as an operator wrote it. */
export function brandProblems(value: unknown): readonly BrandProblem[] {
  const { name = '', logo = '', colour = '' } = fieldsOf(value)
  const isNameUsable = name.trim().length <= LONGEST_NAME && !UNPRINTABLE.test(name)
  const isLogoUsable = logo === '' || LOGO.test(logo)
  const isColourUsable = colour === '' || COLOUR.test(colour)
  return [
    ...(isNameUsable ? [] : (['name_unusable'] as const)),
    ...(logo.length > LONGEST_LOGO ? (['logo_too_large'] as const) : []),
    ...(logo.length <= LONGEST_LOGO && !isLogoUsable ? (['logo_unusable'] as const) : []),
    ...(isColourUsable ? [] : (['colour_unusable'] as const)),
  ]
}

interface Fields {
  readonly name: string | undefined
  readonly logo: string | undefined
  readonly colour: string | undefined
}

function fieldsOf(value: unknown): Fields {
  const fields = typeof value === 'object' && value !== null ? { ...value } : {}
  const textOf = (field: unknown) => (field === undefined ? undefined : String(field))
  const { name, logo, colour }: { name?: unknown; logo?: unknown; colour?: unknown } = fields
  return { name: textOf(name), logo: textOf(logo), colour: textOf(colour) }
}
