/**
 * The HTTP surface: which function answers which route, in the form of API Gateway's route keys.
 * The stack and the local gateway are both made from this table.
 */
export const ROUTES = {
  api: [
    'POST /oauth/token',
    'GET /v1.0/connectors',
    'GET /v1.0/connectors/{connector}',
    'POST /v1.0/connectors/{connector}/install',
    'POST /v1.0/accounts/{accountId}/signintoken',
    'GET /v1.0/account/connectors',
    'GET /v1.0/account/connectors/{id}',
    'PUT /v1.0/account/connectors/{id}',
    'DELETE /v1.0/account/connectors/{id}',
    'PUT /v1.0/account/connectors/{id}/deauthenticate',
    'GET /v1.0/account/connectors/{id}/properties',
    'POST /v1.0/account/connectors/{id}/properties',
    'GET /v1.0/account/connectors/{id}/properties/{propertyId}',
    'PUT /v1.0/account/connectors/{id}/properties/{propertyId}',
    'DELETE /v1.0/account/connectors/{id}/properties/{propertyId}',
    '$default',
  ],
  token: ['GET /v1.0/account/connectors/{id}/token'],
  refresh: ['POST /v1.0/account/connectors/{id}/refresh'],
  authorize: [
    'GET /connector/authorize',
    'POST /connector/authorize',
    'POST /connector/again',
    'GET /{controller}/{action}',
    'GET /help/aadsts/{code}',
    'GET /connect.js',
  ],
  callback: ['GET /connector/callback', 'POST /connector/environment'],
} as const

/** A function that answers HTTP requests, by the name of its folder. */
export type HttpFunction = keyof typeof ROUTES

/** One route key of one function. */
export type RouteOf<F extends HttpFunction> = (typeof ROUTES)[F][number]

/** The script that a vendor puts on its own page. */
export const CONNECT_SCRIPT_ROUTE = 'GET /connect.js' satisfies RouteOf<'authorize'>

/** Where Microsoft sends the browser back to; registered with Microsoft as the Reply URL. */
export const CALLBACK_PATH = '/connector/callback'

/** The path that starts a sign-in, which clients write in any letter case. */
export const SIGN_IN_PATH = '/connectorauth/updateaccountconnectoroauth'

/** The same under a plain name; the forms of its pages are sent there. */
export const PLAIN_SIGN_IN_PATH = '/connector/authorize'

/** The route of the pages that explain a code of Microsoft's. */
export const HELP_ROUTE = 'GET /help/aadsts/{code}' satisfies RouteOf<'authorize'>
/** Where a page of a failed sign-in starts another one. */
export const AGAIN_PATH = '/connector/again'

/** Where the environment is picked after the sign-in. */
export const ENVIRONMENT_PATH = '/connector/environment'
