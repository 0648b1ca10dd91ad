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
const LONGEST_NAME = 60

/** It is part of every page, and of every read of the settings. */
const LONGEST_LOGO = 32 * 1024

const LOGO = /^data:image\/(?:png|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/
const COLOUR = /^#[0-9a-f]{6}$/i

/** Control characters, and invisible ones that turn the text around them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u

/**
 * A brand as an operator wrote it; what is empty or absent is not set.
 * @throws ServiceError `configuration_invalid` that names everything wrong and says what to write.
 */
export function parseBrand(value: unknown): Brand {
  const { name, logo, colour } = fieldsOf(value)
  const problems = [...nameProblems(name), ...logoProblems(logo), ...colourProblems(colour)]
  if (problems.length > 0) {
    throw new ServiceError(problems.join('; '), { code: 'configuration_invalid' })
  }
  return {
    name: name?.trim() || DEFAULT_BRAND.name,
    ...(logo ? { logo } : {}),
    ...(colour ? { colour: colour.toLowerCase() } : {}),
  }
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

function nameProblems(name = ''): readonly string[] {
  const isUsable = name.trim().length <= LONGEST_NAME && !UNPRINTABLE.test(name)
  return isUsable ? [] : [`name: write at most ${LONGEST_NAME} characters on one line`]
}

function logoProblems(logo = ''): readonly string[] {
  if (logo.length > LONGEST_LOGO) {
    const kilobytes = Math.floor((LONGEST_LOGO * 3) / 4 / 1024)
    return [`logo: use a picture of at most ${kilobytes} KB`]
  }
  const isUsable = logo === '' || LOGO.test(logo)
  return isUsable ? [] : ['logo: use a PNG or SVG picture']
}

function colourProblems(colour = ''): readonly string[] {
  const isUsable = colour === '' || COLOUR.test(colour)
  return isUsable ? [] : [`colour: write # and six hexadecimal digits, such as "#0b57a4"`]
}
