import type { RouteOf } from '../../http/routes.ts'
import type { ConsoleRoute } from '../visit.ts'
import { deleteConnection, disconnect, rename, setEnvironment } from './change.ts'
import { connectionView } from './connection-page.ts'
import { createConnection, newConnectionPage } from './create.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { connectionList } from './list-page.ts'
import { makeLink } from './make-link.ts'
import { refresh } from './refresh.ts'

/** The connections: to find, to look at, to mend. */
export const connectionRoutes = {
  'GET /console/connections': { by: 'anybody', answer: connectionList },
  'POST /console/connections': { by: 'anybody', answer: createConnection },
  'GET /console/connections/new': { by: 'anybody', answer: newConnectionPage },
  'GET /console/connections/{id}': { by: 'anybody', answer: connectionView },
  'POST /console/connections/{id}/environment': { by: 'anybody', answer: setEnvironment },
  'POST /console/connections/{id}/rename': { by: 'anybody', answer: rename },
  'POST /console/connections/{id}/link': { by: 'anybody', answer: makeLink },
  'POST /console/connections/{id}/refresh': { by: 'anybody', answer: refresh },
  'POST /console/connections/{id}/disconnect': { by: 'anybody', answer: disconnect },
  'POST /console/connections/{id}/delete': { by: 'anybody', answer: deleteConnection },
} satisfies Partial<Record<RouteOf<'console'>, ConsoleRoute<ConnectionsDependencies>>>
