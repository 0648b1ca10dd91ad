import * as v from 'valibot'
import { counted, list, time, timeOrNull, told, toldOrNull } from './answers.ts'
import { CONNECTOR_ANSWER } from './connector.ts'
import { REASON } from './reason.ts'

/** A property that is set. */
export const PROPERTY = v.object({
  Name: told('The name of the property.'),
  Value: told('For Resource, the address of the environment in its one form.'),
  Id: counted('The id of the property.'),
  AccountConnectorId: counted('The account connector that it is of.'),
})

const STATUSES = ['pending', 'connected', 'reauthorization_required', 'disconnected'] as const

/** The environment, as it was when the sign-in was proven. */
export const ENVIRONMENT = v.object({
  Url: toldOrNull('Its address.'),
  TenantId: toldOrNull('The Microsoft Entra tenant of the user who signed in.'),
  OrganizationId: told('The id of the organization in Dataverse.'),
  UserId: told('The id of the user in Dataverse.'),
  BusinessUnitId: told('The id of the user’s business unit in Dataverse.'),
})

/** Who signed in. */
export const USER = v.object({
  TenantId: told('The tenant of the user.'),
  ObjectId: told('The object id of the user in that tenant.'),
  Name: toldOrNull('The name to show.'),
  Username: toldOrNull('The name to sign in with, mostly a mail address.'),
})

/** A refresh that did not work. */
export const REFRESH_FAILURE = v.object({
  Code: told('What the last refresh failed with.'),
  At: time('When.'),
  Count: counted('How many have failed in a row.'),
})

/** A connection of one account to one environment. Tokens are never in it. */
export const ACCOUNT_CONNECTOR = v.object({
  Id: counted('The id of the account connector.'),
  Name: told('Its name, which only one of the account has.'),
  Description: toldOrNull('Your own words about it.'),
  AuthValue: v.pipe(v.null(), v.description('Always null: tokens are never shown here.')),
  Authenticated: v.pipe(v.boolean(), v.description('Whether `Status` is `connected`.')),
  Connector: CONNECTOR_ANSWER,
  IsPartnerIntegrationConnector: v.pipe(v.boolean(), v.description('Always false.')),
  Properties: list(PROPERTY, 'The properties that are set.'),
  CustomFields: list(v.unknown(), 'Always empty.'),
  Status: v.pipe(
    v.picklist(STATUSES),
    v.description(
      '`pending`: nobody has signed in yet. `connected`: the service holds a working grant and renews it. `reauthorization_required`: a person must act, see `Reason`. `disconnected`: you asked to forget the tokens.',
    ),
  ),
  Reason: v.nullable(REASON),
  Environment: v.pipe(
    v.nullable(ENVIRONMENT),
    v.description(
      'What the environment said of itself and of the user when the sign-in was proven.',
    ),
  ),
  User: v.pipe(v.nullable(USER), v.description('Who signed in.')),
  LastFailure: v.pipe(
    v.nullable(REFRESH_FAILURE),
    v.description('The last refresh that did not work, until one does.'),
  ),
  CreatedAtUtc: time('When it was installed.'),
  ConnectedAtUtc: timeOrNull('When a user signed in last.'),
  RefreshedAtUtc: timeOrNull('When the tokens were renewed last.'),
  NextRefreshAtUtc: timeOrNull('When they will be renewed next.'),
})

/** The connections of all accounts, in pages. */
export const ALL_CONNECTORS = v.object({
  Connectors: list(
    v.object({ AccountId: told('The account that it is of.'), ...ACCOUNT_CONNECTOR.entries }),
    'The oldest first; within one account by their ids.',
  ),
  Next: toldOrNull('What to send as `after` for the next page; null on the last one.'),
})

/** What was done, in a sentence. */
export const DONE = v.object({ Message: told('What was done, in a sentence.') })

export type WireProperty = v.InferOutput<typeof PROPERTY>
export type AccountConnector = v.InferOutput<typeof ACCOUNT_CONNECTOR>
export type AllConnectors = v.InferOutput<typeof ALL_CONNECTORS>
export type Done = v.InferOutput<typeof DONE>
