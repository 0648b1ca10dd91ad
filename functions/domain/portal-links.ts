/**
 * Microsoft's own pages on which somebody can act, in its commercial cloud. Other clouds have the same
 * pages at addresses of their own, which their administrators know.
 */
export const PORTAL_LINKS = {
  app_registrations:
    'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  conditional_access:
    'https://entra.microsoft.com/#view/Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies',
  enterprise_applications:
    'https://entra.microsoft.com/#view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview',
  password_reset: 'https://passwordreset.microsoftonline.com/',
  power_platform_environments: 'https://admin.powerplatform.microsoft.com/environments',
  security_info: 'https://mysignins.microsoft.com/security-info',
  sign_in_log: 'https://entra.microsoft.com/#view/Microsoft_AAD_IAM/SignInEventsV3Blade',
  users: 'https://admin.microsoft.com/Adminportal/Home#/users',
} as const satisfies Record<string, string>

/** The name of one of Microsoft's pages. */
export type PortalLink = keyof typeof PORTAL_LINKS
