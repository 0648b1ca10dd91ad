import { relabelConnection } from '../../domain/install-connection.ts'
import { ServiceError } from '../../domain/service-error.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { seeOther } from '../../http/responses.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import { connectionPage } from './connection-page.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { afterwards } from './done.ts'
import { labelOf } from './form-state.ts'
import { connectionOf, noSuchConnection, stillThere } from './own-connection.ts'
import { CONNECTIONS_PATH } from './paths.ts'
import { typedEnvironment } from './typed-environment.ts'

/** `POST …/rename`. */
export async function rename(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const connection = await connectionOf(deps, visit)
  const { wrong, in_use } = visit.words.connection.rename
  const sent = visit.form.fields
  const again = (error: string) =>
    connectionPage(deps, visit, { connection, form: { sent, errors: { name: error } } })
  const name = labelOf(sent, 'name')
  if (name === undefined) return again(wrong)
  try {
    stillThere(await relabelConnection(deps, connection, { name }))
  } catch (error) {
    if (isNameInUse(error)) return again(in_use)
    throw error
  }
  logAction(deps, visit, { reason: 'rename', connectionId: connection.id })
  return afterwards(connection.id, 'renamed')
}

/** Whether it was refused for its name alone. */
export function isNameInUse(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'name_in_use'
}

/** `POST …/environment`: another one than before forgets the tokens. */
export async function setEnvironment(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const connection = await connectionOf(deps, visit)
  const { resource, again: form } = typedEnvironment(visit, deps.clouds)
  if (form !== undefined) return connectionPage(deps, visit, { connection, form })
  stillThere(await deps.connections.setResource(connection, resource))
  logAction(deps, visit, { reason: 'environment', connectionId: connection.id })
  return afterwards(connection.id, 'environment')
}

/** `POST …/disconnect`: forgets the tokens of whoever has ticked the box. */
export async function disconnect(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const connection = await connectionOf(deps, visit)
  const sent = visit.form.fields
  if (sent.get('confirmed') !== 'yes') {
    const errors = { confirmed: visit.words.connection.disconnect.wrong }
    return connectionPage(deps, visit, { connection, form: { sent, errors } })
  }
  stillThere(await deps.connections.disconnect(connection))
  logAction(deps, visit, { reason: 'disconnect', connectionId: connection.id })
  return afterwards(connection.id, 'disconnected')
}

/** `POST …/delete`: for whoever has typed what it is that goes. */
export async function deleteConnection(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const connection = await connectionOf(deps, visit)
  const { id, accountId } = connection
  const sent = visit.form.fields
  const typed = sent.get('confirmation')?.trim() ?? ''
  if (typed !== accountId && typed !== String(id)) {
    const errors = { confirmation: visit.words.connection.delete.wrong }
    return connectionPage(deps, visit, { connection, form: { sent, errors } })
  }
  if (!(await deps.connections.remove(connection))) throw noSuchConnection()
  logAction(deps, visit, { reason: 'delete', connectionId: id })
  return seeOther(`${CONNECTIONS_PATH}?done=deleted`)
}
