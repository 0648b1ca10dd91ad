import type { Answer, Operation, Parameter } from './operation.ts'
import { query } from './operation.ts'
import { CALLBACK, LINK } from './page-requests.ts'

const PAGE = { text: 'text/html' } as const

function page(description: string): Answer {
  return { description, content: PAGE }
}

const TO_MICROSOFT: Answer = {
  description: 'On to Microsoft’s sign-in.',
  content: 'nothing',
  headers: {
    Location: 'Microsoft’s sign-in.',
    'Set-Cookie': 'Ties the sign-in to this browser.',
  },
}

const FAILURES = {
  500: 'A page: the service failed.',
  503: 'A page: the service cannot answer now, or is not set up yet.',
} as const

const OF_LINKS = {
  400: 'A page: the link is not whole, or leads back to an origin that is not allowed.',
  403: 'A page: the link is not valid, has ended, or was used.',
  409: 'A page: the environment does not fit the link or this deployment.',
  ...FAILURES,
} as const

const OF_FORMS = {
  ...OF_LINKS,
  413: 'A page: more was sent than any form has.',
  415: 'A page: it was not sent as a form.',
} as const

const LINK_WORDS: { readonly [Name in keyof typeof LINK.entries]: Omit<Parameter, 'schema'> } = {
  id: { description: 'The account connector.', example: '1402775301', isRequired: true },
  token: { description: 'The one-time sign-in token.', example: 'H0TqY1mE', isRequired: true },
  targetOrigin: {
    description:
      'Where the browser goes back to; its origin has to be one of those that are allowed. `connectionId` and `status` are added to its query.',
    example: 'https://app.example.com/',
    isRequired: true,
  },
  callbackMessage: {
    description: 'Is posted to the window that opened this one, once connected.',
  },
  responseMode: { description: '`message` posts the outcome in place of going back with it.' },
  lang: { description: 'The language of the pages, such as `de`.' },
}

const SIGN_IN = {
  tag: 'Browser',
  callers: 'anybody',
  query: query(LINK, LINK_WORDS),
  answers: {
    200: page('A page first: for the environment, or what a mailed link is for.'),
    303: TO_MICROSOFT,
  },
  errors: [],
  pages: OF_LINKS,
} as const satisfies Partial<Operation>

export const BROWSER_OPERATIONS = {
  'GET /connectorauth/updateaccountconnectoroauth': {
    ...SIGN_IN,
    id: 'openSignInLink',
    summary: 'Sign in',
    description: 'The sign-in link. Its path may be written in any letter case.',
  },
  'GET /connector/authorize': {
    ...SIGN_IN,
    id: 'openPlainSignInLink',
    summary: 'Sign in, under a plain name',
    description: 'The same as `/connectorauth/updateaccountconnectoroauth`.',
  },
  'POST /connector/authorize': {
    id: 'submitSignInForm',
    tag: 'Browser',
    summary: 'Send a form of the pages before the sign-in',
    description: 'For the forms of those pages alone; programs have no use for it.',
    callers: 'anybody',
    body: form('SignInForm', { step: 'find' }),
    answers: { 200: page('A page that leads on to Microsoft, or asks once more.') },
    errors: [],
    pages: {
      ...OF_FORMS,
      422: 'A page: what was typed is not the address of an environment.',
    },
  },
  'POST /connector/again': {
    id: 'signInAgain',
    tag: 'Browser',
    summary: 'Send the form of a sign-in that did not end well',
    description: 'For the form of that page alone; programs have no use for it.',
    callers: 'anybody',
    body: form('AgainForm', { request: '3f2b6c1d', account: 'other' }),
    answers: { 200: page('A page that leads on to Microsoft.') },
    errors: [],
    pages: OF_FORMS,
  },
  'GET /connector/callback': {
    id: 'returnFromMicrosoft',
    tag: 'Browser',
    summary: 'Come back from Microsoft',
    description:
      'The Reply URL that is registered with Microsoft. Only a browser that began the sign-in gets anywhere here.',
    callers: 'anybody',
    query: query(CALLBACK, {
      state: { description: 'The sign-in that it answers.' },
      code: { description: 'What the tokens are got for.' },
      iss: { description: 'Who issued it.' },
      error: { description: 'What Microsoft refused it with.' },
      error_description: { description: 'The same in its words.' },
      admin_consent: { description: 'Whether an administrator allowed the app.' },
      tenant: { description: 'The administrator’s organization.' },
    }),
    answers: {
      200: page('A page: how it ended, or which environments there are to choose from.'),
      202: page('A page that waits for the same response, which is being worked on.'),
      303: {
        description: 'Back to the partner.',
        content: 'nothing',
        headers: { Location: '`targetOrigin`, with `connectionId` and `status`.' },
      },
    },
    errors: [],
    pages: { 400: 'A page: this belongs to no sign-in of this browser.', ...FAILURES },
  },
  'POST /connector/environment': {
    id: 'chooseEnvironment',
    tag: 'Browser',
    summary: 'Send the form with the chosen environment',
    description: 'For the form of that page alone; programs have no use for it.',
    callers: 'anybody',
    body: form('ChoiceForm', { environment: 'https://example.crm.dynamics.com' }),
    answers: { 200: page('A page: how it ended, or the way back to the partner.') },
    errors: [],
    pages: {
      400: 'A page: this belongs to no sign-in of this browser.',
      413: OF_FORMS[413],
      415: OF_FORMS[415],
      ...FAILURES,
    },
  },
  'GET /help/aadsts/{code}': {
    id: 'explainCode',
    tag: 'Browser',
    summary: 'Explain a code of Microsoft’s',
    description: 'What `AADSTS65001` means, who can act and what to do. For links in your mails.',
    callers: 'anybody',
    answers: { 200: page('The explanation.') },
    errors: [],
    pages: { 404: 'A page: that is no such code.', 500: FAILURES[500] },
  },
  'GET /connect.js': {
    id: 'loadConnectScript',
    tag: 'Browser',
    summary: 'Load the script for your page',
    description: 'Opens a sign-in link in a popup and tells how it ended.',
    callers: 'anybody',
    answers: {
      200: { description: 'The script.', content: { text: 'text/javascript' } },
      304: { description: 'You have it already.', content: 'nothing' },
    },
    errors: [],
  },
  'GET /console': {
    id: 'openConsole',
    tag: 'Browser',
    summary: 'Open the console',
    description:
      'Pages for the people of your company. They are no contract: what is below this path changes without notice.',
    callers: 'anybody',
    answers: {
      303: {
        description: 'On to its first page, or to its sign-in.',
        content: 'nothing',
        headers: { Location: 'The page.' },
      },
    },
    errors: [],
    pages: FAILURES,
  },
} as const satisfies Readonly<Record<string, Operation>>

function form(
  schema: 'SignInForm' | 'AgainForm' | 'ChoiceForm',
  value: Readonly<Record<string, string>>,
) {
  const examples = { form: { summary: 'As the page sends it', value } }
  return { schema, type: 'application/x-www-form-urlencoded', examples } as const
}
