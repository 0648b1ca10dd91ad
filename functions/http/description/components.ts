import type * as v from 'valibot'
import { CLOUDS } from '../../domain/clouds.ts'
import { RESOURCE_PROPERTY } from '../connector.ts'
import {
  ACCOUNT_CONNECTOR,
  ALL_CONNECTORS,
  DONE,
  ENVIRONMENT,
  PROPERTY,
  REFRESH_FAILURE,
  USER,
} from '../schemas/account-connector.ts'
import {
  ACCOUNT_CONNECTOR_CHANGE,
  INSTALL_REQUEST,
  PROPERTY_CHANGE,
  PROPERTY_REQUEST,
} from '../schemas/account-connector-request.ts'
import { BEARER_TOKEN_REQUEST } from '../schemas/bearer-token-request.ts'
import { COMPLETION_REQUEST } from '../schemas/completion-request.ts'
import { CONNECTOR_ANSWER } from '../schemas/connector.ts'
import { REASON } from '../schemas/reason.ts'
import { SIGN_IN_TOKEN_REQUEST } from '../schemas/sign-in-token-request.ts'
import {
  ACCESS_TOKEN,
  BEARER_TOKEN,
  NOT_REFRESHED,
  REFRESHED,
  SIGN_IN_TOKEN,
} from '../schemas/tokens.ts'
import { portable } from './json-schema.ts'
import * as pages from './page-requests.ts'

/** The answers, by the names that generated clients have for them. */
export const ANSWERS = {
  AccountConnector: ACCOUNT_CONNECTOR,
  AccessToken: ACCESS_TOKEN,
  AllConnectors: ALL_CONNECTORS,
  BearerToken: BEARER_TOKEN,
  Connector: CONNECTOR_ANSWER,
  Done: DONE,
  Environment: ENVIRONMENT,
  NotRefreshed: NOT_REFRESHED,
  Property: PROPERTY,
  Reason: REASON,
  Refreshed: REFRESHED,
  RefreshFailure: REFRESH_FAILURE,
  SignInToken: SIGN_IN_TOKEN,
  User: USER,
} as const

export type AnswerName = keyof typeof ANSWERS

/** The bodies of requests, likewise. */
export const REQUESTS = {
  AccountConnectorChange: ACCOUNT_CONNECTOR_CHANGE,
  AgainForm: pages.AGAIN_FORM,
  BearerTokenRequest: BEARER_TOKEN_REQUEST,
  ChoiceForm: pages.CHOICE_FORM,
  CompletionRequest: COMPLETION_REQUEST,
  InstallRequest: INSTALL_REQUEST,
  PropertyChange: PROPERTY_CHANGE,
  PropertyRequest: PROPERTY_REQUEST,
  SignInForm: pages.SIGN_IN_FORM,
  SignInTokenRequest: SIGN_IN_TOKEN_REQUEST,
} as const

export type RequestName = keyof typeof REQUESTS

/** The address of an environment of any cloud, in any letter case. */
const ENVIRONMENT_ADDRESS = portable(
  `^[Hh][Tt][Tt][Pp][Ss]://[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.(${CLOUDS.map(
    ({ environmentSuffix }) => environmentSuffix.source.replace(/^\^|\$$/g, ''),
  ).join('|')})/?$`,
)

/** Words for a member, and what a value must be beside what its schema says of it. */
interface Member {
  readonly description: string
  readonly [keyword: string]: unknown
}

const NAME = {
  description: 'Its name. One of its own among the account’s; made up where it is left out.',
}
const DESCRIPTION = { description: 'Your own words about it.' }
const AUTH_VALUE = {
  description:
    'A refresh token that your app got elsewhere, as an object or as a text that holds its JSON; what stands beside `RefreshToken` is not used. Microsoft has to take it before it is imported. The environment has to be set. It is never read back.',
  examples: [{ RefreshToken: '1.AXoA-from-elsewhere' }],
}
const NO_AUTH_VALUE = {
  description: 'Has to be null or left out: install first, then import tokens by PUT.',
}
const VALUE = {
  description:
    'The address of the environment, as the browser shows it. Of a cloud that this deployment has enabled.',
  pattern: ENVIRONMENT_ADDRESS,
  examples: ['https://example.crm.dynamics.com'],
}

type Members<Schema> = Schema extends { readonly entries: infer Entries extends v.ObjectEntries }
  ? { readonly [Name in keyof Entries]: Member }
  : never

/**
 * Words for every member of every request: one without does not compile. They are apart from the schemas since
 * functions load those.
 */
export const MEMBERS: { readonly [Name in RequestName]: Members<(typeof REQUESTS)[Name]> } = {
  AccountConnectorChange: { AuthValue: AUTH_VALUE, Name: NAME, Description: DESCRIPTION },
  AgainForm: {
    request: { description: 'The sign-in that did not end well, as the page named it.' },
    account: { description: '`other` lets the person choose another account.' },
  },
  BearerTokenRequest: {
    grant_type: { description: 'Always `client_credentials`.' },
    client_id: { description: 'The API client’s id, unless it comes by Basic.' },
    client_secret: {
      description: 'The API client’s secret, unless it comes by Basic.',
      format: 'password',
    },
    scope: {
      description: '`account:{id}` makes a bearer token for that account alone.',
      examples: ['account:acme'],
    },
  },
  ChoiceForm: {
    request: { description: 'The sign-in whose environment is chosen, as the page named it.' },
    environment: { description: 'The address of the chosen environment.' },
  },
  CompletionRequest: {
    CompletionId: { description: 'The `completionId` that the browser came back with.' },
  },
  InstallRequest: {
    AuthValue: NO_AUTH_VALUE,
    Name: NAME,
    Description: DESCRIPTION,
    Properties: {
      description: 'The environment, where it is known. People can also choose it as they sign in.',
    },
  },
  PropertyChange: {
    Name: {
      description: 'May be left out: the path says which property it is.',
      enum: [RESOURCE_PROPERTY.name, null],
    },
    Value: VALUE,
  },
  PropertyRequest: {
    Name: { description: 'Always `Resource`.', enum: [RESOURCE_PROPERTY.name] },
    Value: VALUE,
  },
  SignInForm: {
    id: { description: 'As in the link.' },
    token: { description: 'As in the link.' },
    targetOrigin: { description: 'As in the link.' },
    callbackMessage: { description: 'As in the link.' },
    responseMode: { description: 'As in the link.' },
    lang: { description: 'As in the link.' },
    step: {
      description:
        'What the person chose: to `type` an address, to `find` the environment by a sign-in, or to go on.',
    },
    address: { description: 'What was typed.' },
    sure: { description: '`true` takes the address as it is typed.' },
    cloud: { description: 'The cloud to look for environments in.' },
  },
  SignInTokenRequest: {
    Username: { description: 'Whom you mean it for, in your own words.', examples: ['erika'] },
    LifetimeMinutes: {
      description:
        'How long the link can be used. One of more than five minutes opens a page first, for mails.',
    },
    TenantId: { description: 'The organization that has to sign in; anybody else is refused.' },
    UserObjectId: { description: 'The person who has to sign in; anybody else is refused.' },
    AllowUserChange: {
      description: 'Whether a reconnect may be by another person than before.',
    },
    ConfirmationRequired: {
      description: 'Whether nothing is connected until your backend completes it.',
    },
  },
}
