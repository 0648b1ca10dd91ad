import { IDENTITY_TOKEN } from './identity-token.ts'

/** The ARNs of the roles of the two functions that send token requests. */
export interface TokenRequestRoles {
  readonly callbackRole: string
  readonly refreshRole: string
}

/**
 * The commands by which Microsoft learns to trust the two functions that send token requests: the issuer
 * is the account's own, the subject is the role.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust
 */
export function federationCommands(
  clientId: string,
  { callbackRole, refreshRole }: TokenRequestRoles,
): readonly string[] {
  const trust = (name: string, subject: string) => {
    const credential = {
      name: `dynamics-connect-${name}`,
      issuer: '$issuer',
      subject,
      audiences: [IDENTITY_TOKEN.audience],
    }
    const parameters = JSON.stringify(credential).replaceAll('"', '\\"')
    return `az ad app federated-credential create --id ${clientId} --parameters "${parameters}"`
  }
  return [
    'aws iam enable-outbound-web-identity-federation  # once in this AWS account',
    'issuer=$(aws iam get-outbound-web-identity-federation-info --query IssuerIdentifier --output text)',
    trust('callback', callbackRole),
    trust('refresh', refreshRole),
  ]
}
