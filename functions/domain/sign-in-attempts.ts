import { digestOf } from './sign-in-token.ts'

/** How long a failed attempt to sign in to the console counts. */
export const ATTEMPTS_WINDOW_MS = 15 * 60 * 1000

/** From one network address: enough for a person who mistypes, and nothing for a program that guesses. */
const MOST_FROM_ADDRESS = 10

/** With one name: an attack from many addresses ends here, and the window keeps its victim out no longer. */
const MOST_WITH_NAME = 50

/** Something that attempts are counted by, and how many it has in a window. */
export interface AttemptKey {
  /** A digest: names and addresses are not kept. */
  readonly digest: string
  readonly most: number
}

/** The failed attempts to sign in of the last window. */
export interface SignInAttempts {
  /** Counts an attempt by each key before it is made; `false` when one of them has had its most. */
  count(keys: readonly AttemptKey[], now: Date): Promise<boolean>
  /** Takes back what was counted for an attempt that succeeded. */
  takeBack(keys: readonly AttemptKey[], now: Date): Promise<void>
}

/** By what an attempt is counted. A network of IPv6 is one address: whoever has one has all of its 2⁶⁴. */
export function attemptKeysOf({
  name,
  address,
}: {
  /** Absent where a provider says who it is, which nobody can guess. */
  readonly name?: string
  readonly address: string
}): readonly AttemptKey[] {
  const byAddress = {
    digest: digestOf(`address ${networkOf(address)}`),
    most: MOST_FROM_ADDRESS,
  }
  if (name === undefined) return [byAddress]
  return [byAddress, { digest: digestOf(`name ${name}`), most: MOST_WITH_NAME }]
}

/** The window that a time is in, by its number. */
export function attemptsWindowOf(now: Date): number {
  return Math.floor(now.getTime() / ATTEMPTS_WINDOW_MS)
}

/** When a window's counts can be forgotten. */
export function endOfWindow(window: number): Date {
  return new Date((window + 1) * ATTEMPTS_WINDOW_MS)
}

const IPV6_NETWORK_GROUPS = 4

function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail)]
  const missing = address.includes('::') ? 8 - before.length - after.length : 0
  const groups = [...before, ...Array<string>(Math.max(missing, 0)).fill('0'), ...after]
  return groups.slice(0, IPV6_NETWORK_GROUPS).join(':')
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''))
}
