import type { WantedEnvironment } from './authorization-request.ts'
import type { CloudName } from './clouds.ts'
import type { Connection } from './connection.ts'
import { cloudOf, type Resource } from './resource.ts'
import type { SignInToken } from './sign-in-token.ts'
import { understandAddress } from './typed-address.ts'

/** What a person does with a sign-in link. */
export type SignInStep =
  | { readonly step: 'open' }
  /** Past the page that a mailed link opens. */
  | { readonly step: 'go_on' }
  /** With the address of the environment; `isSure` also where nothing answers at it. */
  | { readonly step: 'type'; readonly address: string; readonly isSure: boolean }
  /** To a list of environments, of one of Microsoft's clouds. */
  | { readonly step: 'find'; readonly cloud: string | undefined }
  /** Once more, as in an earlier request; `choosesAccount` also where the account to use is known. */
  | {
      readonly step: 'again'
      readonly wanted: WantedEnvironment
      readonly choosesAccount: boolean
    }

/** What is wrong with a typed address. */
export type AddressProblem = 'not_understood' | 'cloud_not_enabled' | 'nothing_there'

/** A page of ours comes first; nothing was stored. */
export type PageFirst =
  /** Which environment it is; `isMended`: it was understood of something else that the person typed. */
  | { readonly outcome: 'welcome'; readonly resource: Resource; readonly isMended: boolean }
  /** Which environment it is to be, with what was understood of an address that did not do. */
  | {
      readonly outcome: 'environment_wanted'
      readonly problem: AddressProblem | undefined
      readonly resource: Resource | undefined
    }
  | { readonly outcome: 'resource_not_enabled' }

interface Situation {
  readonly connection: Connection
  readonly signInToken: SignInToken
  readonly step: SignInStep
  /** The clouds that this deployment has an app registration for. */
  readonly clouds: readonly CloudName[]
}

/**
 * Which environment the step asks for, or the page that comes first. An environment that stands on the
 * connection is the only one that its links sign in to, whatever is typed.
 */
export function wantedEnvironment(situation: Situation): WantedEnvironment | PageFirst {
  const { connection, signInToken, step, clouds } = situation
  const { resource } = connection
  if (resource === undefined) return wantedByStep(step, clouds)
  if (!clouds.includes(cloudOf(resource).name)) return { outcome: 'resource_not_enabled' }
  const opensPage = step.step === 'open' && signInToken.isMailed
  return opensPage ? { outcome: 'welcome', resource, isMended: false } : { kind: 'known', resource }
}

function wantedByStep(
  step: SignInStep,
  clouds: readonly CloudName[],
): WantedEnvironment | PageFirst {
  switch (step.step) {
    case 'open':
    case 'go_on':
      return wanting(undefined)
    case 'find': {
      const cloud = clouds.find((name) => name === step.cloud) ?? clouds[0]
      return cloud ? { kind: 'to_find', cloud } : wanting('cloud_not_enabled')
    }
    case 'again':
      // The environment was on the connection and is no more.
      return step.wanted.kind === 'known' ? wanting(undefined) : step.wanted
    case 'type':
      return typed(step, clouds)
  }
}

function typed(
  { address, isSure }: Extract<SignInStep, { step: 'type' }>,
  clouds: readonly CloudName[],
): WantedEnvironment | PageFirst {
  const understood = understandAddress(address, clouds)
  if (understood.outcome !== 'understood') return wanting(understood.outcome)
  const { resource, isPlain } = understood
  return isPlain || isSure
    ? { kind: 'typed', resource }
    : { outcome: 'welcome', resource, isMended: true }
}

function wanting(problem: AddressProblem | undefined): PageFirst {
  return { outcome: 'environment_wanted', problem, resource: undefined }
}
