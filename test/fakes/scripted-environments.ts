import type { Environments, WhoAmIOutcome } from '../../functions/domain/environments.ts'
import type { Resource } from '../../functions/domain/resource.ts'
import { type Step, script } from './scripted.ts'

export const ENVIRONMENT = {
  organizationId: '0a0a0a0a-0000-4000-8000-000000000001',
  userId: '0a0a0a0a-0000-4000-8000-000000000002',
  businessUnitId: '0a0a0a0a-0000-4000-8000-000000000003',
}

/** Belong to one tenant and take every token, unless the next call is planned to go otherwise. */
export interface ScriptedEnvironments extends Environments {
  readonly asked: readonly Resource[]
  readonly proofs: readonly { readonly resource: Resource; readonly accessToken: string }[]
  answerNextTenant(step: { readonly tenantId: string | undefined }): void
  answerNextWhoAmI(step: WhoAmIOutcome | Step<WhoAmIOutcome>): void
}

export function scriptedEnvironments(tenantId: string): ScriptedEnvironments {
  const tenants = script<{ readonly tenantId: string | undefined }>()
  const whoAmIs = script<WhoAmIOutcome>()
  const asked: Resource[] = []
  const proofs: { resource: Resource; accessToken: string }[] = []
  return {
    asked,
    proofs,
    answerNextTenant: tenants.answerNext,
    answerNextWhoAmI: whoAmIs.answerNext,
    findTenant: async (resource) => {
      asked.push(resource)
      return (await tenants.take(() => ({ tenantId }))).tenantId
    },
    whoAmI: async (resource, accessToken) => {
      proofs.push({ resource, accessToken })
      return whoAmIs.take(() => ({ outcome: 'proven', environment: ENVIRONMENT }))
    },
  }
}
