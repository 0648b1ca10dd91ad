import { Validations } from 'aws-cdk-lib'
import { IDENTITY_TOKEN } from '../functions/domain/identity-token.ts'
import type { ServiceFunction } from './service-function.ts'

/**
 * Lets functions ask AWS to vouch for them, in the one form that Microsoft takes. STS knows no resource
 * for it but `*`; whom a token names is always the function's own role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_policies.html
 */
export function grantIdentityToken(...functions: readonly ServiceFunction[]): void {
  const { audience, signingAlgorithm, durationSeconds } = IDENTITY_TOKEN
  for (const fn of functions) {
    Validations.of(fn).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'STS knows no resource for this action; audience, algorithm and duration narrow it',
    })
    fn.permit({
      actions: ['sts:GetWebIdentityToken'],
      resources: ['*'],
      conditions: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': audience },
        StringEquals: { 'sts:SigningAlgorithm': signingAlgorithm },
        NumericLessThanEquals: { 'sts:DurationSeconds': durationSeconds },
      },
    })
  }
}
