import { CONNECTOR } from '../connector.ts'
import { ACCESS_TOKEN_QUERY } from '../schemas/access-token-query.ts'
import { CONNECTOR_QUERY } from '../schemas/connector-query.ts'
import * as examples from './examples.ts'
import { type Operation, query } from './operation.ts'

const BODY_REFUSALS = ['request_invalid', 'request_too_large', 'content_type_unsupported'] as const

export const TOKEN_OPERATIONS = {
  'POST /oauth/token': {
    id: 'issueBearerToken',
    tag: 'Access',
    summary: 'Get a bearer token',
    description:
      'The client credentials grant (RFC 6749 §4.4). The API client’s id and secret come in the form or by Basic. The bearer token is good for an hour.',
    callers: 'anybody',
    body: {
      schema: 'BearerTokenRequest',
      type: 'application/x-www-form-urlencoded',
      examples: {
        client: {
          summary: 'An API client',
          value: {
            grant_type: 'client_credentials',
            client_id: 'local',
            client_secret: 'local-secret',
          },
        },
      },
    },
    answers: {
      200: {
        description: 'The bearer token.',
        content: { json: 'BearerToken', example: examples.BEARER_TOKEN_EXAMPLE },
      },
    },
    errors: [
      ...BODY_REFUSALS,
      'api_client_rejected',
      'account_forbidden',
      'secret_unreadable',
      'temporarily_unavailable',
    ],
  },
  'GET /v1.0/connectors': {
    id: 'listConnectors',
    tag: 'Catalogue',
    summary: 'List what can be installed',
    description: 'One entry, where its name holds what is asked for.',
    callers: 'client',
    query: query(CONNECTOR_QUERY, {
      query: { description: 'A part of the name, in any letter case.', example: 'dynamics' },
    }),
    answers: {
      200: {
        description: 'The catalogue.',
        content: { json: 'Connector', isList: true, example: [CONNECTOR] },
      },
    },
    errors: ['request_invalid'],
  },
  'GET /v1.0/connectors/{connector}': {
    id: 'readConnector',
    tag: 'Catalogue',
    summary: 'Read one connector',
    description: 'By id as an object; by name as a list of one, as existing client code expects.',
    callers: 'client',
    answers: {
      200: {
        description: 'The connector.',
        content: { either: 'Connector', example: CONNECTOR },
      },
    },
    errors: ['not_found'],
  },
  'POST /v1.0/accounts/{accountId}/signintoken': {
    id: 'createSignInToken',
    tag: 'Sign-in links',
    summary: 'Make a one-time sign-in token',
    description:
      'Put it into `/connectorauth/updateaccountconnectoroauth?id={id}&token={token}&targetOrigin={origin}` and send the person’s browser there. It is good for one connection of the account, and for five minutes unless you say.',
    callers: 'client',
    body: {
      schema: 'SignInTokenRequest',
      type: 'application/json',
      examples: {
        window: { summary: 'For a person who is there', value: { Username: 'erika' } },
        mail: {
          summary: 'For a mail, good for a day',
          value: { Username: 'erika', LifetimeMinutes: 1440 },
        },
      },
    },
    answers: {
      200: {
        description: 'The token, shown this once.',
        content: { json: 'SignInToken', example: examples.SIGN_IN_TOKEN_EXAMPLE },
      },
    },
    errors: [...BODY_REFUSALS, 'account_forbidden'],
  },
  'GET /v1.0/account/connectors/{id}/token': {
    id: 'getAccessToken',
    tag: 'Tokens',
    summary: 'Get a valid access token',
    description:
      'The stored one while it is good for as long as asked, else a renewed one. Ask whenever you need one, and keep none.',
    callers: 'account',
    query: query(ACCESS_TOKEN_QUERY, {
      minValidity: { description: 'What it has to be good for at least, in seconds.' },
      forceRefresh: { description: 'Whether it has to be a newer one than the stored one.' },
    }),
    answers: {
      200: {
        description: 'The access token.',
        content: { json: 'AccessToken', example: examples.ACCESS_TOKEN_EXAMPLE },
      },
    },
    errors: [
      'request_invalid',
      'not_found',
      'not_connected',
      'reauthorization_required',
      'app_credential_rejected',
      'validity_unavailable',
      'refresh_unavailable',
    ],
  },
  'POST /v1.0/account/connectors/{id}/refresh': {
    id: 'refreshAccountConnector',
    tag: 'Tokens',
    summary: 'Renew the tokens now',
    description: 'Nothing needs this: tokens are renewed by themselves.',
    callers: 'account',
    answers: {
      200: {
        description: 'They are renewed.',
        content: { json: 'Refreshed', example: examples.REFRESHED_EXAMPLE },
      },
      202: {
        description: 'Nothing is to be done, or another one is at it.',
        content: { json: 'NotRefreshed', example: examples.NOT_REFRESHED_EXAMPLE },
      },
    },
    errors: [
      'not_found',
      'not_connected',
      'reauthorization_required',
      'app_credential_rejected',
      'identity_token_unavailable',
    ],
  },
  'POST /v1.0/account/connectors/{id}/complete': {
    id: 'completeSignIn',
    tag: 'Sign-in links',
    summary: 'Confirm a sign-in',
    description:
      'Connects what a sign-in with `ConfirmationRequired` left waiting. Call it in the session of your own signed-in user; after ten minutes it is forgotten.',
    callers: 'account',
    body: {
      schema: 'CompletionRequest',
      type: 'application/json',
      examples: {
        completion: { summary: 'As the browser brought it', value: { CompletionId: 'q3Vn0Yd2…' } },
      },
    },
    answers: {
      200: {
        description: 'It is connected.',
        content: { json: 'AccountConnector', example: examples.CONNECTED },
      },
    },
    errors: [...BODY_REFUSALS, 'not_found', 'completion_unknown', 'completion_refused'],
  },
} as const satisfies Readonly<Record<string, Operation>>
