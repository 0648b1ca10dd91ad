import { isAccountId } from '../../domain/account-id.ts'
import type { Connection } from '../../domain/connection.ts'
import { accountOfUser } from '../../domain/console-session.ts'
import { installConnection } from '../../domain/install-connection.ts'
import { ServiceError } from '../../domain/service-error.ts'
import { formWith, textField } from '../../http/components.ts'
import { CONNECTOR_NAME } from '../../http/connector.ts'
import { html } from '../../http/html.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { consolePage } from '../console-page.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import { isNameInUse } from './change.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { afterwards } from './done.ts'
import { type FormState, labelOf, stateOf } from './form-state.ts'
import { CONNECTIONS_PATH } from './paths.ts'
import { type TypedEnvironment, typedEnvironment } from './typed-environment.ts'

/** `GET /console/connections/new`: the form, filled in with the account that the link names. */
export async function newConnectionPage(
  _deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const account = queryOf(visit.http).get('account') ?? ''
  return formPage(visit, { sent: new Map([['account', account]]), errors: {} }, 200)
}

/** `POST /console/connections`. */
export async function createConnection(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const created = await create(deps, visit)
  if ('errors' in created) return formPage(visit, created, 422)
  logAction(deps, visit, { reason: 'create', connectionId: created.id })
  return afterwards(created.id, 'created')
}

async function create(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<Connection | FormState> {
  const words = visit.words.connection.rename
  const { fields } = visit.form
  const accountId = accountOf(visit)
  const isNamed = (fields.get('name')?.trim() ?? '') !== ''
  const name = labelOf(fields, 'name')
  const environment = environmentOf(visit, deps)
  const errors = {
    ...(isAccountId(accountId) ? {} : { account: visit.words.connections.create.account_wrong }),
    ...(isNamed && name === undefined ? { name: words.wrong } : {}),
    ...environment.again?.errors,
  }
  const sent = environment.again?.sent ?? fields
  if (Object.keys(errors).length > 0) return { sent, errors }
  const { resource } = environment
  try {
    const wanted = { accountId, name, description: undefined, resource }
    return await installConnection(deps, wanted, CONNECTOR_NAME)
  } catch (error) {
    if (isNameInUse(error)) return { sent, errors: { name: words.in_use } }
    throw error
  }
}

/** @throws ServiceError `account_forbidden` when it is not the one that the visitor is bound to. */
function accountOf({ form, session }: SignedInVisit): string {
  const onlyAccount = accountOfUser(session.user)
  const accountId = form.fields.get('account')?.trim() ?? onlyAccount ?? ''
  if (onlyAccount === undefined || accountId === onlyAccount) return accountId
  throw new ServiceError('you can create connections of your own account only', {
    code: 'account_forbidden',
  })
}

function environmentOf(
  visit: SignedInVisit,
  { clouds }: ConnectionsDependencies,
): TypedEnvironment | { readonly resource: undefined; readonly again?: never } {
  const isGiven = (visit.form.fields.get('address')?.trim() ?? '') !== ''
  return isGiven ? typedEnvironment(visit, clouds) : { resource: undefined }
}

function formPage(visit: SignedInVisit, state: FormState, statusCode: number): HttpResponse {
  const words = visit.words.connections.create
  const onlyAccount = accountOfUser(visit.session.user)
  const account = { name: 'account', label: words.account, help: words.account_help }
  const name = { name: 'name', label: words.name, help: words.name_help, isOptional: true }
  const address = { name: 'address', label: words.address, help: words.address_help }
  const form = {
    action: CONNECTIONS_PATH,
    fields: { formToken: visit.formToken },
    label: words.button,
  }
  return consolePage(visit, {
    title: words.title,
    section: 'connections',
    statusCode,
    content: html`<div class="narrow"><p>${words.text}</p>
${formWith(form, [
  ...(onlyAccount === undefined ? [textField({ ...account, ...stateOf(state, 'account') })] : []),
  textField({ ...name, ...stateOf(state, 'name') }),
  textField({ ...address, ...stateOf(state, 'address'), isOptional: true }),
])}</div>`,
  })
}
