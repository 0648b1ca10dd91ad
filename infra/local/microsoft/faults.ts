/** The endpoints that can be made to fail. */
export const FAULT_ENDPOINTS = [
  'token',
  'authorize',
  'whoami',
  'jwks',
  'discovery',
  'globaldisco',
] as const
/** The ways of failing below HTTP, or against it. */
export const FAULT_KINDS = [
  'reset',
  'lost',
  'drip',
  'truncate',
  'redirect',
  'huge',
  'empty',
] as const

type FaultEndpoint = (typeof FAULT_ENDPOINTS)[number]
type FaultKind = (typeof FAULT_KINDS)[number]

/** One fault that is switched on: whom it hits, what it does, how often. */
export interface Fault {
  readonly endpoint: FaultEndpoint
  readonly tenant?: string
  readonly grantType?: string
  /** For `whoami`: hits only calls with (or only calls without) a bearer token. */
  readonly authenticated?: boolean
  /** An AADSTS number; for Dataverse the number of its error, e.g. 0x80072560 in decimal. */
  readonly code?: number
  readonly status?: number
  readonly body?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly delayMs?: number
  readonly kind?: FaultKind
  readonly times?: number
}

/** What a request looks like to the faults. */
export interface FaultTarget {
  readonly endpoint: FaultEndpoint
  /** What `tenant` may be: the authority in the path, or an environment's tenant or host. */
  readonly names: readonly string[]
  readonly grantType?: string | undefined
  readonly authenticated?: boolean
}

/** The faults that are on, in the order in which they were switched on. */
export interface Faults {
  put(fault: Fault): void
  clear(): void
  list(): readonly Fault[]
  /** The first fault that hits the target and is accepted; counts one of its times. */
  take(target: FaultTarget, accepts: (fault: Fault) => boolean): Fault | undefined
}

/** Whether the fault is an answer of Entra's, rather than something that happens on the way. */
export function isCodeFault(fault: Fault): boolean {
  return fault.code !== undefined && fault.kind === undefined
}

/** Starts with no fault on. */
export function createFaults(): Faults {
  let active: readonly Fault[] = []
  return {
    put: (fault) => {
      active = [...active, fault]
    },
    clear: () => {
      active = []
    },
    list: () => active,
    take: (target, accepts) => {
      const taken = active.find((fault) => hits(fault, target) && accepts(fault))
      if (taken?.times !== undefined) active = countDown(active, taken)
      return taken
    },
  }
}

function hits(fault: Fault, target: FaultTarget): boolean {
  const { tenant, grantType, authenticated } = fault
  return (
    fault.endpoint === target.endpoint &&
    (tenant === undefined || target.names.includes(tenant.toLowerCase())) &&
    (grantType === undefined || grantType === target.grantType) &&
    (authenticated === undefined || authenticated === target.authenticated)
  )
}

function countDown(active: readonly Fault[], taken: Fault): readonly Fault[] {
  const left = (taken.times ?? 1) - 1
  return active.flatMap((fault) => {
    if (fault !== taken) return [fault]
    return left > 0 ? [{ ...fault, times: left }] : []
  })
}
