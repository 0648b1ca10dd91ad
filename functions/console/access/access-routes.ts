import type { RouteOf } from '../../http/routes.ts'
import type { ConsoleRoute } from '../visit.ts'
import type { AccessDependencies } from './access-dependencies.ts'
import { showAccess } from './access-page.ts'
import { addClient, removeClient } from './client-actions.ts'
import { closeFirst, removeProvider, saveProvider } from './way-actions.ts'

export const accessRoutes = {
  'GET /console/clients': { by: 'partner', answer: showAccess },
  'POST /console/clients': { by: 'partner', answer: addClient },
  'POST /console/clients/remove': { by: 'partner', answer: removeClient },
  'POST /console/clients/close-first': { by: 'partner', answer: closeFirst },
  'POST /console/provider': { by: 'partner', answer: saveProvider },
  'POST /console/provider/remove': { by: 'partner', answer: removeProvider },
} satisfies Partial<Record<RouteOf<'console'>, ConsoleRoute<AccessDependencies>>>
