import { IDENTITY_TOKEN } from '../functions/domain/identity-token.ts'
import { type Outputs, STACK_NAME } from './outputs.ts'

/**
 * The commands by which Microsoft learns to trust the two functions that send token requests: the issuer
 * is the account's own, the subject is the role.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust
 */
export function federationCommands(clientId: string, outputs: Outputs): readonly string[] {
  const trust = (name: string, subject: string) => {
    const credential = {
      name: `${STACK_NAME}-${name}`,
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
    trust('callback', outputs.callbackRole),
    trust('refresh', outputs.refreshRole),
  ]
}
