import { type Brand, DEFAULT_BRAND, parseBrand } from '../domain/brand.ts'
import type { RegisteredApp, ShownSettings } from '../domain/partner-settings.ts'
import {
  type Attributes,
  type Item,
  readOptionalText,
  readOptionalTime,
  readTexts,
  readWord,
  text,
  texts,
  time,
} from './dynamodb-item.ts'

const KINDS = ['client_secret', 'certificate', 'federated'] as const

const APP = {
  clientId: 'clientId',
  kind: 'appKind',
  endsAt: 'appEndsAt',
  changedAt: 'appChangedAt',
} as const

const BRAND = { name: 'brandName', logo: 'brandLogo', colour: 'brandColour' } as const

const ORIGINS = 'allowedOrigins'

/** The attributes that {@link shownSettingsFrom} reads. */
export const SHOWN_ATTRIBUTES = [...Object.values(BRAND), ORIGINS]

/** The attributes that a sign-in begins with. */
export const SIGN_IN_ATTRIBUTES = [APP.clientId, ORIGINS]

/** What is stored and is no brand counts as none. */
export function shownSettingsFrom(item: Item): ShownSettings {
  return { brand: brandFrom(item), allowedOrigins: allowedOriginsFrom(item) }
}

function brandFrom(item: Item): Brand {
  try {
    return parseBrand({
      name: readOptionalText(item, BRAND.name),
      logo: readOptionalText(item, BRAND.logo),
      colour: readOptionalText(item, BRAND.colour),
    })
  } catch {
    return DEFAULT_BRAND
  }
}

export function allowedOriginsFrom(item: Item): readonly string[] {
  return readTexts(item, ORIGINS)
}

export function appFrom(item: Item): RegisteredApp | undefined {
  const clientId = readOptionalText(item, APP.clientId)
  if (clientId === undefined) return undefined
  const isKindKnown = item[APP.kind] !== undefined
  return {
    clientId,
    kind: isKindKnown ? readWord(item, APP.kind, KINDS) : undefined,
    endsAt: readOptionalTime(item, APP.endsAt),
    changedAt: readOptionalTime(item, APP.changedAt),
  }
}

export function appAttributes({ clientId, kind, endsAt, changedAt }: RegisteredApp): Attributes {
  return {
    [APP.clientId]: text(clientId),
    [APP.kind]: text(kind),
    [APP.endsAt]: time(endsAt),
    [APP.changedAt]: time(changedAt),
  }
}

/** The default name is not stored, so that it stays the default one. */
export function brandAttributes({ name, logo, colour }: Brand): Attributes {
  return {
    [BRAND.name]: text(name === DEFAULT_BRAND.name ? undefined : name),
    [BRAND.logo]: text(logo),
    [BRAND.colour]: text(colour),
  }
}

export function allowedOriginsAttributes(origins: readonly string[]): Attributes {
  return { [ORIGINS]: origins.length === 0 ? undefined : texts(origins) }
}
