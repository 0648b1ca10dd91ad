import type { PortalLink } from './portal-links.ts'
import type { Situation, Who } from './reason.ts'

/** What is known of a situation beside its words. */
export interface SituationFacts {
  readonly who: Who
  /** Where whoever has to act finds what to change. */
  readonly link?: PortalLink
  /** An administrator's consent may be all that is missing. */
  readonly needsAdminConsent?: true
}

/** Everything that keeps somebody from being connected, split by what has to be done about it. */
export const SITUATIONS = {
  // The organization has not let the application in.
  needs_admin_consent: {
    who: 'administrator',
    link: 'enterprise_applications',
    needsAdminConsent: true,
  },
  consent_declined: { who: 'user', needsAdminConsent: true },
  cancelled_or_needs_approval: { who: 'user', needsAdminConsent: true },
  consent_not_spread_yet: { who: 'nobody' },
  app_missing_in_tenant: {
    who: 'administrator',
    link: 'enterprise_applications',
    needsAdminConsent: true,
  },
  app_disabled_in_tenant: { who: 'administrator', link: 'enterprise_applications' },
  user_not_assigned: { who: 'administrator', link: 'enterprise_applications' },
  claims_mapping_wrong: { who: 'administrator', link: 'enterprise_applications' },

  // The environment.
  wrong_environment_address: { who: 'user' },
  wrong_cloud: { who: 'application_owner', link: 'app_registrations' },
  dynamics_missing_in_tenant: { who: 'administrator', link: 'users' },
  no_dataverse_role: { who: 'administrator', link: 'power_platform_environments' },
  no_environments_found: { who: 'administrator', link: 'power_platform_environments' },
  environment_blocks_app: { who: 'administrator', link: 'power_platform_environments' },
  environment_firewall: { who: 'administrator', link: 'power_platform_environments' },
  environment_rejected_token: { who: 'application_owner' },
  environment_unavailable: { who: 'nobody' },

  // The account.
  account_not_in_tenant: { who: 'user' },
  guest_invitation_pending: { who: 'user' },
  guests_not_allowed: { who: 'administrator', link: 'conditional_access' },
  personal_account: { who: 'user' },
  wrong_user: { who: 'user' },
  wrong_tenant: { who: 'user' },
  unexpected_user: { who: 'user' },
  unexpected_tenant: { who: 'user' },
  account_disabled: { who: 'administrator', link: 'users' },
  account_deleted: { who: 'administrator', link: 'users' },
  account_locked: { who: 'user', link: 'password_reset' },

  // What the account signs in with.
  password_expired: { who: 'user', link: 'password_reset' },
  password_change_failed: { who: 'administrator', link: 'users' },
  credentials_not_accepted: { who: 'user', link: 'password_reset' },
  mfa_needed: { who: 'user', link: 'security_info' },
  mfa_registration_blocked: { who: 'user', link: 'security_info' },
  step_not_finished: { who: 'user' },
  device_not_compliant: { who: 'user' },
  browser_outdated: { who: 'user' },
  identity_provider_failed: { who: 'administrator', link: 'sign_in_log' },

  // Rules of the organization.
  blocked_by_policy_location: { who: 'administrator', link: 'conditional_access' },
  blocked_by_policy: { who: 'administrator', link: 'sign_in_log' },
  blocked_for_risk: { who: 'administrator', link: 'sign_in_log' },
  app_protection_required: { who: 'administrator', link: 'conditional_access' },
  network_blocks_organization: { who: 'administrator' },
  cross_organization_blocked: { who: 'administrator' },

  // The earlier sign-in no longer counts, or this one did not come to its end.
  sign_in_again: { who: 'user' },
  sign_in_frequency: { who: 'user' },
  grant_expired_unused: { who: 'user' },
  grant_revoked: { who: 'user' },
  sign_in_answered_twice: { who: 'user' },
  link_used: { who: 'user' },
  link_worn_out: { who: 'user' },
  confirmation_expired: { who: 'user' },
  connection_changed: { who: 'user' },

  // The application's registration with Microsoft.
  app_credential_expired: { who: 'application_owner', link: 'app_registrations' },
  app_credential_wrong: { who: 'application_owner', link: 'app_registrations' },
  federated_credential_mismatch: { who: 'application_owner', link: 'app_registrations' },
  redirect_uri_mismatch: { who: 'application_owner', link: 'app_registrations' },
  app_platform_wrong: { who: 'application_owner', link: 'app_registrations' },
  app_not_for_organizations: { who: 'application_owner', link: 'app_registrations' },
  app_id_wrong: { who: 'application_owner', link: 'app_registrations' },
  app_permission_missing: { who: 'application_owner', link: 'app_registrations' },
  app_registration_wrong: { who: 'application_owner', link: 'app_registrations' },

  // Microsoft, or the service itself.
  throttled: { who: 'nobody' },
  microsoft_unavailable: { who: 'nobody' },
  microsoft_support_needed: { who: 'administrator', link: 'sign_in_log' },
  service_failed: { who: 'nobody' },
  answer_not_valid: { who: 'application_owner' },
  service_defect: { who: 'application_owner' },
  not_used_here: { who: 'application_owner' },
  unknown_refusal: { who: 'administrator', link: 'sign_in_log' },
} as const satisfies Record<string, SituationFacts>

/** The facts of a situation. */
export function factsOf(situation: Situation): SituationFacts {
  return SITUATIONS[situation]
}

/** The situation of that name; a name that only another version knows is `unknown_refusal`. */
export function situationNamed(name: string): Situation {
  return isSituation(name) ? name : 'unknown_refusal'
}

function isSituation(name: string): name is Situation {
  return Object.hasOwn(SITUATIONS, name)
}
