import {
  type CredentialFault,
  type CredentialVerdict,
  credentialFaultOf,
  type TenantFault,
} from '../../functions/domain/credential-check.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import type { ReplyUrlVerdict } from './entra-probe.ts'
import { type Finding, right, unknown, wrong } from './finding.ts'

const RENEW =
  'make a new client secret (Certificates & secrets) and run "npm run setup -- --replace-app-credential"'

/** A certificate, and an app that AWS vouches for, are refused for reasons of their own. */
const LOOK_IT_UP =
  '"Microsoft rejects the app credential" in infra/RUNBOOK.md says what to do for each form that it may have'

/** What to do about a credential that Microsoft rejects. */
const CREDENTIAL_REMEDIES: Readonly<Record<CredentialFault, string>> = {
  secret_wrong: `the client secret is wrong, or its id was stored in place of its value: ${RENEW}`,
  secret_expired: `the client secret has expired: ${RENEW}`,
  certificate_unknown:
    'the app does not know the certificate: upload it to the app registration (Certificates & secrets), or store the one that is there by "npm run setup -- --replace-app-credential"',
  federation_untrusted: LOOK_IT_UP,
  other: LOOK_IT_UP,
}

/** What to do about a tenant that Microsoft cannot ask. */
const TENANT_REMEDIES: Readonly<Record<TenantFault, string>> = {
  not_found: 'Microsoft knows no such tenant: compare it with the overview of Microsoft Entra ID',
  malformed:
    'that is neither a tenant id nor a domain: copy it from the overview of Microsoft Entra ID',
  in_another_cloud:
    'that tenant is in another cloud of Microsoft: deploy with that cloud in "clouds"',
}

export function credentialFinding(answer: CredentialVerdict): Finding {
  switch (answer.verdict) {
    case 'accepted':
      return right('accepted by Microsoft')
    case 'not_refused':
      return unknown(
        'Microsoft did not object to it; --tenant <your own tenant id> or --connection <id> prove it',
      )
    case 'rejected':
      return wrong(
        `rejected by Microsoft (${codeOf(answer)}): ${CREDENTIAL_REMEDIES[answer.cause]}`,
      )
    case 'unknown_app':
      return wrong(
        `Microsoft knows no such app (${codeOf(answer)}): compare the client id with the app registration, and its account type with "multitenant"; then "npm run setup -- --replace-app-credential"`,
      )
    case 'wrong_tenant':
      return wrong(
        `it could not be tried (${codeOf(answer)}): ${TENANT_REMEDIES[answer.cause]}, and run "npm run doctor -- --tenant <your own tenant id>" again`,
      )
    case 'no_answer':
      return unknown(`Microsoft did not answer (${answer.status ?? 'no response'}): try again`)
  }
}

/** What the service itself has met, whatever a probe from here says. */
export function breakerFinding(code: string): Finding {
  const number = Number(code.replace('AADSTS', ''))
  return wrong(
    `the service was refused (${code}) and refreshes nothing until that is mended: ${CREDENTIAL_REMEDIES[credentialFaultOf(number)]}`,
  )
}

export function replyUrlFinding(replyUrl: string, verdict: ReplyUrlVerdict): Finding {
  switch (verdict) {
    case 'registered':
      return right(`${replyUrl} is registered`)
    case 'not_registered':
      return wrong(
        `Microsoft does not know it (AADSTS50011): add ${replyUrl} under Authentication, platform Web, to the letter`,
      )
    case 'unknown_app':
      return wrong(
        'Microsoft knows no app of this client id (AADSTS700016): compare it with the registration',
      )
    case 'unclear':
      return unknown(
        `Microsoft does not say without a user; see that ${replyUrl} is registered (Authentication, platform Web)`,
      )
  }
}

export function refreshFinding(connectionId: number, result: RefreshOutcome): Finding {
  const it = `connection ${connectionId}`
  switch (result.outcome) {
    case 'refreshed':
      return right(`${it} was refreshed; its token is good until ${result.expiresAt.toISOString()}`)
    case 'not_due':
    case 'in_progress':
      return unknown(`${it} is being refreshed by another just now: try again in a minute`)
    case 'transient':
      return wrong(
        `${it}: ${result.code}; the service tries again at ${result.retryAt.toISOString()}`,
      )
    case 'blocked':
    case 'reauthorization_required':
      return wrong(
        `${it}: ${result.reason.code}; ${result.reason.who} must act, see /help/aadsts/${result.reason.code.replace('AADSTS', '')}`,
      )
    case 'app_credential_rejected':
      return breakerFinding(result.code)
    case 'gone':
      return wrong(
        result.status === undefined
          ? `there is no ${it}: name one that is connected`
          : `${it} is ${result.status} and holds no grant: name one that is connected`,
      )
  }
}

function codeOf({ code }: { readonly code: number | undefined }): string {
  return code === undefined ? 'no code' : `AADSTS${code}`
}
