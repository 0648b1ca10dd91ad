import {
  ACCOUNT_CONNECTOR_QUERY,
  ALL_CONNECTORS_QUERY,
} from '../schemas/account-connector-request.ts'
import {
  ALL_CONNECTORS_EXAMPLE,
  CONNECTED,
  DEAUTHENTICATED,
  DELETED,
  INSTALLED,
} from './examples.ts'
import { type Answer, type Link, type Operation, query } from './operation.ts'

/** What an account connector can be asked next, by its id and in its account. */
const NEXT: Readonly<Record<string, Link>> = {
  read: link('readAccountConnector', 'See how it is.'),
  change: { ...link('changeAccountConnector', 'Rename it.'), requestBody: { Name: 'Sales' } },
  setResource: {
    ...link('addProperty', 'Set its environment.'),
    requestBody: { Name: 'Resource', Value: 'https://example.crm.dynamics.com' },
  },
  properties: link('listProperties', 'See its environment.'),
  token: link('getAccessToken', 'Take a token, once it is connected.'),
  refresh: link('refreshAccountConnector', 'Renew its tokens.'),
  deauthenticate: link('deauthenticateAccountConnector', 'Forget its tokens.'),
  delete: link('deleteAccountConnector', 'Delete it.'),
}

function link(operationId: string, description: string): Link {
  return {
    operationId,
    description,
    parameters: {
      id: '$response.body#/Id',
      'X-Cyclr-Account': '$request.header.X-Cyclr-Account',
    },
  }
}

function accountConnector(description: string, example: object): Answer {
  return { description, content: { json: 'AccountConnector', example } }
}

const RENAMED = { ...CONNECTED, Name: 'Sales', Description: 'EMEA' }

export const ACCOUNT_CONNECTOR_OPERATIONS = {
  'POST /v1.0/connectors/{connector}/install': {
    id: 'installConnector',
    tag: 'Account connectors',
    summary: 'Install the connector',
    description:
      'Makes an account connector in the account, which begins as `pending`. The account id is yours to choose, and there is nothing else to make for it.',
    callers: 'account',
    body: {
      schema: 'InstallRequest',
      type: 'application/json',
      isOptional: true,
      examples: {
        nothing: { summary: 'The environment is chosen at the sign-in', value: {} },
        environment: {
          summary: 'With its environment',
          value: {
            Name: 'Sales',
            Properties: [{ Name: 'Resource', Value: 'https://example.crm.dynamics.com' }],
          },
        },
      },
    },
    answers: {
      200: {
        ...accountConnector('It is installed; keep its `Id`.', INSTALLED),
        links: NEXT,
      },
    },
    errors: [
      'request_invalid',
      'request_too_large',
      'content_type_unsupported',
      'property_unknown',
      'resource_invalid',
      'name_in_use',
      'not_found',
    ],
  },
  'GET /v1.0/account/connectors': {
    id: 'listAccountConnectors',
    tag: 'Account connectors',
    summary: 'List the account’s connectors',
    description: 'In pages; one that has fewer entries than asked for is the last.',
    callers: 'account',
    query: query(ACCOUNT_CONNECTOR_QUERY, {
      page: { description: 'Which page, from 1.' },
      pageSize: { description: 'How many on a page.' },
      sortOrderAsc: { description: 'By id, the smallest first, or the largest.' },
    }),
    answers: {
      200: {
        description: 'The page.',
        content: { json: 'AccountConnector', isList: true, example: [CONNECTED] },
      },
    },
    errors: ['request_invalid'],
  },
  'GET /v1.0/accounts/connectors': {
    id: 'listAllAccountConnectors',
    tag: 'Account connectors',
    summary: 'List the connectors of all accounts',
    description:
      'For an API client that is bound to no account; one that is bound sees those of its account. With the header of an account, those of that one.',
    callers: 'accounts',
    query: query(ALL_CONNECTORS_QUERY, {
      after: { description: '`Next` of the page before; none for the first one.' },
      pageSize: { description: 'How many on a page, at most.' },
    }),
    answers: {
      200: {
        description: 'The page; the next one is there while `Next` is not null.',
        content: { json: 'AllConnectors', example: ALL_CONNECTORS_EXAMPLE },
        links: {
          next: {
            operationId: 'listAllAccountConnectors',
            description: 'The next page.',
            parameters: { after: '$response.body#/Next' },
          },
          first: {
            operationId: 'readAccountConnector',
            description: 'See how the first of them is.',
            parameters: {
              id: '$response.body#/Connectors/0/Id',
              'X-Cyclr-Account': '$response.body#/Connectors/0/AccountId',
            },
          },
        },
      },
    },
    errors: ['request_invalid'],
  },
  'GET /v1.0/account/connectors/{id}': {
    id: 'readAccountConnector',
    tag: 'Account connectors',
    summary: 'See how one is',
    description:
      'Whether it is connected, to which environment, by whom, and who must act if it is not.',
    callers: 'account',
    answers: { 200: accountConnector('The account connector.', CONNECTED) },
    errors: ['not_found'],
  },
  'PUT /v1.0/account/connectors/{id}': {
    id: 'changeAccountConnector',
    tag: 'Account connectors',
    summary: 'Rename or describe one, or import its tokens',
    description:
      'Changes what is sent and leaves the rest. `AuthValue` brings a connection along from where it was before: a refresh token of the same app, for the environment that is set.',
    callers: 'account',
    body: {
      schema: 'AccountConnectorChange',
      type: 'application/json',
      isOptional: true,
      examples: {
        labels: {
          summary: 'A name and a description',
          value: { Name: 'Sales', Description: 'EMEA' },
        },
        tokens: {
          summary: 'A refresh token from elsewhere',
          value: { AuthValue: { RefreshToken: '1.AXoA-from-elsewhere' } },
        },
      },
    },
    answers: { 200: accountConnector('As it is now.', RENAMED) },
    errors: [
      'request_invalid',
      'request_too_large',
      'content_type_unsupported',
      'name_in_use',
      'not_found',
      'import_refused',
      'app_credential_rejected',
      'refresh_unavailable',
    ],
  },
  'DELETE /v1.0/account/connectors/{id}': {
    id: 'deleteAccountConnector',
    tag: 'Account connectors',
    summary: 'Delete one',
    description: 'Forgets the account connector and its tokens.',
    callers: 'account',
    answers: { 200: { description: 'It is gone.', content: { json: 'Done', example: DELETED } } },
    errors: ['not_found'],
  },
  'PUT /v1.0/account/connectors/{id}/deauthenticate': {
    id: 'deauthenticateAccountConnector',
    tag: 'Account connectors',
    summary: 'Disconnect one',
    description: 'Forgets its tokens. It stays, as `disconnected`, and can be connected again.',
    callers: 'account',
    answers: {
      200: {
        description: 'The tokens are gone.',
        content: { json: 'Done', example: DEAUTHENTICATED },
      },
    },
    errors: ['not_found'],
  },
} as const satisfies Readonly<Record<string, Operation>>
