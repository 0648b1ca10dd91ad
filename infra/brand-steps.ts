import { type Brand, DEFAULT_BRAND, parseBrand } from '../functions/domain/brand.ts'
import type { PartnerSettingsStore } from '../functions/domain/partner-settings.ts'
import { logoOf } from './logo-file.ts'

/** What the command works with. */
export interface BrandDependencies {
  readonly settings: Pick<PartnerSettingsStore, 'read' | 'saveBrand'>
  readonly readFile: (path: string) => Promise<Uint8Array>
  readonly tell: (line: string) => void
}

/** What the operator asked for; nothing at all is a question for what is set. */
export interface BrandWishes {
  readonly name?: string | undefined
  /** The file of the logo. */
  readonly logo?: string | undefined
  readonly colour?: string | undefined
  readonly reset: boolean
}

/**
 * Sets the partner's name, logo and colour, and says what is set then.
 * @throws Error that says what to write instead; then nothing was changed.
 */
export async function setBrand(deps: BrandDependencies, wishes: BrandWishes): Promise<void> {
  const { reset, ...wanted } = wishes
  const given = Object.values(wanted).some((wish) => wish !== undefined)
  if (reset && given) throw new Error('write either --reset or what to set')
  if (reset) await deps.settings.saveBrand(DEFAULT_BRAND)
  if (given) {
    const changed = await brandOf(deps, wanted)
    const { brand } = await deps.settings.read()
    await deps.settings.saveBrand({ ...brand, ...changed })
  }
  await tellBrand(deps)
}

async function brandOf(
  { readFile }: BrandDependencies,
  { name, logo, colour }: Omit<BrandWishes, 'reset'>,
): Promise<Partial<Brand>> {
  const empty = Object.entries({ name, logo, colour }).filter(([, wish]) => wish?.trim() === '')
  if (empty.length > 0) {
    const options = empty.map(([option]) => `--${option}`).join(', ')
    throw new Error(`${options} is empty: leave it out, or write --reset to begin anew`)
  }
  const picture = logo === undefined ? undefined : logoOf(await readFile(logo))
  const { name: parsedName, ...look } = parseBrand({ name, logo: picture, colour })
  return { ...(name === undefined ? {} : { name: parsedName }), ...look }
}

async function tellBrand({ settings, tell }: BrandDependencies): Promise<void> {
  const { name, logo, colour } = (await settings.read()).brand
  const isNamed = name !== DEFAULT_BRAND.name
  tell(`name:   ${isNamed ? name : `not set; pages say ${name}`}`)
  tell(`logo:   ${logo === undefined ? 'not set' : describedLogo(logo)}`)
  tell(`colour: ${colour ?? 'not set; buttons are blue'}`)
  tell('pages follow within a minute')
}

function describedLogo(logo: string): string {
  const kind = logo.startsWith('data:image/png') ? 'PNG' : 'SVG'
  return `${kind}, ${Math.ceil((logo.length * 3) / 4 / 1024)} KB`
}
