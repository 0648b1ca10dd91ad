import { DEFAULT_BRAND } from '../../functions/domain/brand.ts'
import type {
  PartnerSettings,
  PartnerSettingsStore,
} from '../../functions/domain/partner-settings.ts'

export function memoryPartnerSettings(
  initial: Partial<PartnerSettings> = {},
): PartnerSettingsStore {
  let settings: PartnerSettings = {
    app: undefined,
    brand: DEFAULT_BRAND,
    allowedOrigins: [],
    ...initial,
  }
  const become = async (changed: Partial<PartnerSettings>): Promise<void> => {
    settings = { ...settings, ...changed }
  }
  return {
    read: async () => settings,
    saveApp: (app) => become({ app }),
    saveBrand: (brand) => become({ brand }),
    saveAllowedOrigins: (allowedOrigins) => become({ allowedOrigins }),
  }
}
