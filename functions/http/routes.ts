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
    'GET /v1.0/accounts/connectors',
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
    'GET /openapi.json',
    'GET /docs',
    'GET /docs/{version}/{file}',
    '$default',
  ],
  token: ['GET /v1.0/account/connectors/{id}/token'],
  refresh: [
    'POST /v1.0/account/connectors/{id}/refresh',
    'POST /v1.0/account/connectors/{id}/complete',
  ],
  authorize: [
    'GET /connector/authorize',
    'POST /connector/authorize',
    'POST /connector/again',
    'GET /{controller}/{action}',
    'GET /help/aadsts/{code}',
    'GET /connect.js',
  ],
  callback: ['GET /connector/callback', 'POST /connector/environment'],
  console: [
    'GET /console',
    'GET /console/sign-in',
    'POST /console/sign-in',
    'POST /console/sign-out',
    'POST /console/sign-in/provider',
    'GET /console/sign-in/return',
    'GET /console/health',
    'GET /console/runbook',
    'GET /console/connections',
    'POST /console/connections',
    'GET /console/connections/new',
    'GET /console/connections/{id}',
    'POST /console/connections/{id}/environment',
    'POST /console/connections/{id}/rename',
    'POST /console/connections/{id}/link',
    'POST /console/connections/{id}/refresh',
    'POST /console/connections/{id}/disconnect',
    'POST /console/connections/{id}/delete',
    'GET /console/setup',
    'GET /console/setup/preview',
    'POST /console/setup/app-credential',
    'POST /console/setup/check',
    'POST /console/setup/origins',
    'POST /console/setup/brand',
    'POST /console/setup/test',
    'GET /console/clients',
    'POST /console/clients',
    'POST /console/clients/remove',
    'POST /console/clients/close-first',
    'POST /console/provider',
    'POST /console/provider/remove',
  ],
} as const

/** A function that answers HTTP requests, by the name of its folder. */
export type HttpFunction = keyof typeof ROUTES

/** One route key of one function. */
export type RouteOf<F extends HttpFunction> = (typeof ROUTES)[F][number]

/** The route of links, which also takes paths that nothing is at: it ignores letter case. */
export const LINK_ROUTE = 'GET /{controller}/{action}' satisfies RouteOf<'authorize'>

/** The script that a vendor puts on its own page. */
export const CONNECT_SCRIPT_ROUTE = 'GET /connect.js' satisfies RouteOf<'authorize'>

/** The pages that explain a code of Microsoft's. */
export const HELP_ROUTE = 'GET /help/aadsts/{code}' satisfies RouteOf<'authorize'>

/** The forms of the pages that come before the sign-in. */
export const FORM_ROUTE = 'POST /connector/authorize' satisfies RouteOf<'authorize'>

/** Another sign-in, from the page of one that did not end well. */
export const AGAIN_ROUTE = 'POST /connector/again' satisfies RouteOf<'authorize'>

/** Which environment it is to be, after a sign-in to find one. */
export const CHOICE_ROUTE = 'POST /connector/environment' satisfies RouteOf<'callback'>

/** Where Microsoft sends the browser back to; registered with Microsoft as the Reply URL. */
export const CALLBACK_PATH = '/connector/callback'

/** The path that starts a sign-in, which clients write in any letter case. */
export const SIGN_IN_PATH = '/connectorauth/updateaccountconnectoroauth'

/** The same under a plain name. */
export const PLAIN_SIGN_IN_PATH = '/connector/authorize'

export const AGAIN_PATH = '/connector/again'

export const ENVIRONMENT_PATH = '/connector/environment'

/** The web console, and where it sends who is not signed in. */
export const CONSOLE_PATH = '/console'
export const CONSOLE_SIGN_IN_PATH = '/console/sign-in'

/** Where the OpenID provider of the partner's people sends the browser back to; registered with it. */
export const CONSOLE_RETURN_PATH = '/console/sign-in/return'
