import type { Reason, Who } from './reason.ts'
import type { Refusal } from './token-endpoint.ts'

type Words = { readonly who: Who; readonly message: string }

const NEEDS_ADMIN_CONSENT: Words = {
  who: 'administrator',
  message:
    'Nobody in this organization has allowed the application to use Dynamics 365 yet. A Microsoft administrator of the organization has to allow it once; after that, open the link again.',
}
const WRONG_ENVIRONMENT: Words = {
  who: 'user',
  message:
    'Microsoft does not know this environment in the organization of the account. Compare the address with the one in the browser while Dynamics 365 is open, and sign in with an account of that organization.',
}
const WRONG_ACCOUNT: Words = {
  who: 'user',
  message:
    'This account does not belong to the organization of the environment. Sign in with a work account of that organization, or ask its administrator for a guest invitation.',
}
const SIGN_IN_AGAIN: Words = {
  who: 'user',
  message: 'Microsoft asks for a new sign-in. Sign in again to go on.',
}
const CREDENTIAL_REJECTED: Words = {
  who: 'application_owner',
  message:
    'Microsoft does not accept the credential of the application. Its owner has to renew the client secret; nothing is wrong with the account.',
}
const APP_NOT_IN_TENANT: Words = {
  who: 'administrator',
  message:
    'The application is missing or switched off in this organization. A Microsoft administrator of the organization has to allow it.',
}
const BLOCKED_BY_POLICY: Words = {
  who: 'administrator',
  message:
    'A policy of the organization blocks the application. Its Microsoft administrator finds the policy in the sign-in log and can make an exception for the application.',
}

/** Words by AADSTS number, for the refusals that people meet most. */
const BY_CODE: ReadonlyMap<number, Words> = new Map([
  ...[65001, 90094, 90095, 900941, 90008].map((code) => [code, NEEDS_ADMIN_CONSENT] as const),
  ...[50001, 500011, 650057].map((code) => [code, WRONG_ENVIRONMENT] as const),
  ...[16000, 16003, 50020, 90072].map((code) => [code, WRONG_ACCOUNT] as const),
  ...[53000, 53001, 53002, 53003, 53005, 53009].map((code) => [code, BLOCKED_BY_POLICY] as const),
  ...[700016, 7000112, 7000229, 650051, 650052].map((code) => [code, APP_NOT_IN_TENANT] as const),
  ...[7000215, 7000222, 7000218].map((code) => [code, CREDENTIAL_REJECTED] as const),
  [
    65004,
    {
      who: 'user',
      message:
        'The permission was not given. If you asked your administrator for it, wait until it is granted and open the link again; otherwise open it again and accept.',
    },
  ],
  [
    50105,
    {
      who: 'administrator',
      message:
        'The organization lets only chosen people use the application. Its Microsoft administrator has to add this account to them.',
    },
  ],
  [50057, { who: 'administrator', message: 'The account is disabled in its organization.' }],
])

/** Words by OAuth `error`, where the number says nothing more. */
const BY_ERROR: ReadonlyMap<string, Words> = new Map([
  [
    'access_denied',
    {
      who: 'user',
      message:
        'The sign-in was cancelled, or the organization wants an administrator to allow the application first. Open the link again, or ask your Microsoft administrator.',
    },
  ],
  ['consent_required', NEEDS_ADMIN_CONSENT],
  ['invalid_client', CREDENTIAL_REJECTED],
  ['unauthorized_client', APP_NOT_IN_TENANT],
  ['invalid_resource', WRONG_ENVIRONMENT],
  ['invalid_grant', SIGN_IN_AGAIN],
  ['interaction_required', SIGN_IN_AGAIN],
  ['login_required', SIGN_IN_AGAIN],
  [
    'temporarily_unavailable',
    { who: 'nobody', message: 'Microsoft is busy. Wait a minute and try again.' },
  ],
  ['server_error', { who: 'nobody', message: 'Microsoft is busy. Wait a minute and try again.' }],
])

const UNKNOWN: Words = {
  who: 'application_owner',
  message:
    'Microsoft refused the sign-in for a reason that is not known here. The owner of the application finds it by its code in the sign-in log.',
}

/** What a refusal of Microsoft's is called and who can mend it, in our own words, never in Microsoft's. */
export function reasonFor(refusal: Pick<Refusal, 'error' | 'suberror' | 'code'>, at: Date): Reason {
  const bySuberror = refusal.suberror === 'consent_required' ? NEEDS_ADMIN_CONSENT : undefined
  const byCode = refusal.code === undefined ? undefined : BY_CODE.get(refusal.code)
  const words = byCode ?? bySuberror ?? BY_ERROR.get(refusal.error) ?? UNKNOWN
  const code = refusal.code === undefined ? refusal.error : `AADSTS${refusal.code}`
  return { code, ...words, at }
}

/** Why a sign-in that Microsoft accepted is not accepted here. */
export type SignInProblem = keyof typeof PROBLEMS

const PROBLEMS = {
  wrong_tenant: WRONG_ACCOUNT,
  wrong_user: {
    who: 'user',
    message:
      'This connection belongs to another account. Sign in with the account that connected it, or ask for a new connection.',
  },
  personal_account: {
    who: 'user',
    message: 'Personal Microsoft accounts have no Dynamics 365. Sign in with a work account.',
  },
  no_dataverse_role: {
    who: 'administrator',
    message:
      'The account is not a user of this Dynamics 365 environment. The administrator of the environment (Power Platform admin center) has to add it with a licence and a security role.',
  },
  environment_rejected_token: {
    who: 'application_owner',
    message: 'The environment did not accept the access token that Microsoft issued for it.',
  },
  environment_unavailable: {
    who: 'nobody',
    message: 'The environment did not answer. Wait a minute and open the link again.',
  },
  microsoft_unavailable: {
    who: 'nobody',
    message: 'Microsoft did not answer. Wait a minute and open the link again.',
  },
  answer_not_valid: {
    who: 'application_owner',
    message:
      'The answer of Microsoft did not pass the checks of a sign-in, so nothing of it was kept. Open the link again; if it stays, tell the owner of the application.',
  },
  link_used: {
    who: 'user',
    message: 'This link has been used already. Ask for a new one where you got it.',
  },
  connection_changed: {
    who: 'user',
    message:
      'The connection was changed or deleted during the sign-in. Ask for a new link where you got it.',
  },
  service_failed: {
    who: 'nobody',
    message: 'The sign-in could not be finished just now. Wait a minute and open the link again.',
  },
} as const satisfies Record<string, Words>

/** The reason for a problem of ours; `code` puts Dataverse's own code in place of the name. */
export function reasonOfProblem(problem: SignInProblem, at: Date, code?: string): Reason {
  return { code: code ?? problem, ...PROBLEMS[problem], at }
}
