import type { RouteOf } from '../../http/routes.ts'
import type { ConsoleRoute } from '../visit.ts'
import { brandPreview } from './brand-preview.ts'
import { checkCredential } from './check-credential.ts'
import { connectTestAccount } from './connect-test-account.ts'
import type { SetupDependencies } from './dependencies.ts'
import { saveBrand } from './save-brand.ts'
import { saveOrigins } from './save-origins.ts'
import { setupPage } from './setup-page.ts'
import { setupScene } from './setup-scene.ts'
import { storeCredential } from './store-credential.ts'

/** The part of the console in which the service is set up; nothing of it is any one account's. */
export const setupRoutes = {
  'GET /console/setup': {
    by: 'partner',
    answer: async (deps, visit) => setupPage(await setupScene(deps, visit)),
  },
  'GET /console/setup/preview': { by: 'partner', answer: brandPreview },
  'POST /console/setup/app-credential': { by: 'partner', answer: storeCredential },
  'POST /console/setup/check': { by: 'partner', answer: checkCredential },
  'POST /console/setup/origins': { by: 'partner', answer: saveOrigins },
  'POST /console/setup/brand': { by: 'partner', answer: saveBrand },
  'POST /console/setup/test': { by: 'partner', answer: connectTestAccount },
} satisfies Partial<Record<RouteOf<'console'>, ConsoleRoute<SetupDependencies>>>
