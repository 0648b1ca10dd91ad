import { expect } from 'vitest'
import type { ApiDependencies } from '../../../functions/api/dependencies.ts'
import { apiHandler } from '../../../functions/api/handler.ts'
import type { Connections } from '../../../functions/domain/connections.ts'
import type { RouteOf } from '../../../functions/http/routes.ts'
import { aWorld, type World } from '../../support/world.ts'
import { type Answered, answered } from '../support/answered.ts'
import { ACCESS, bearer } from '../support/api-clients.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { type RecordingLog, recordingLog } from '../support/recording-log.ts'

export const ACCOUNT = 'contoso'

/** For scenes that ask for none. */
export const noDocument = () => undefined

type Call = Omit<EventParts, 'route'>

/** The API over fakes. */
export interface ApiScene {
  readonly world: World
  readonly log: RecordingLog
  /** As the partner's backend calls it, about the account `contoso` unless the headers say otherwise. */
  call(route: RouteOf<'api'>, parts?: Call): Promise<Answered>
  /** With these headers alone. */
  callAs(headers: EventParts['headers'], route: string, parts?: Call): Promise<Answered>
  install(body?: unknown): Promise<Record<string, unknown>>
}

/**
 * @param bent calls of the store that go otherwise
 * @param other what else does
 */
export function apiScene(
  bent: Partial<Connections> = {},
  other: Partial<ApiDependencies> = {},
): ApiScene {
  const world = aWorld()
  const connections = { ...world.connections, ...bent }
  const log = recordingLog()
  const readApiAccess = async () => ACCESS
  const deps = { ...world, connections, readApiAccess, readDocument: noDocument, ...other }
  const handler = apiHandler(deps, log)
  const callAs: ApiScene['callAs'] = async (headers = {}, route, parts = {}) => {
    const event = httpEvent({ ...parts, route, headers: { ...headers, ...parts.headers } })
    return answered(await handler(event, lambdaContext()))
  }
  const call: ApiScene['call'] = async (route, parts) =>
    callAs({ ...(await bearer()), 'x-cyclr-account': ACCOUNT }, route, parts)
  return {
    world,
    log,
    call,
    callAs,
    install: async (body = {}) => {
      const variables = { connector: '1' }
      const installed = await call('POST /v1.0/connectors/{connector}/install', { variables, body })
      return installed.body as Record<string, unknown>
    },
  }
}

/** The body of a refusal. */
export const refusal = (code: string, message: unknown = expect.any(String)) => ({
  Message: message,
  Code: code,
  RequestId: expect.stringMatching(/^[\w-]+=$/),
})
