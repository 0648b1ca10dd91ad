import { type StateChange, type StateWrite, stateChangeOf } from './state-change.ts'

/** Where a write stands among all. */
interface Position {
  /** Names this write and no other, however often it is told of. */
  readonly id: string
  /** A whole number in digits, greater with each write to the same item. */
  readonly sequence: string
  readonly at: Date
}

/** A write as the store tells of it; without `write` it cannot have changed a state. */
export interface ToldWrite extends Position {
  readonly write: StateWrite | undefined
}

/** A change of state, to be published. */
export interface StateEvent extends Position {
  readonly what: StateChange
}

/** How far a publisher came. */
export interface Published {
  /** How many, counted from the first, were accepted. */
  readonly accepted: number
  /** Why the one after them was not, by the name of the error; `undefined` when all were. */
  readonly problem: string | undefined
}

/** Where the partner's systems hear of changes. */
export interface EventPublisher {
  /**
   * Publishes in the given order: an event is sent only when those before it about the same connection
   * were accepted. Whoever repeats those that were not may send one twice, and no two out of order.
   * @param signal ends it, with what was accepted until then
   */
  publish(events: readonly StateEvent[], signal: AbortSignal): Promise<Published>
}

/** The event of a write; `undefined` when it changed no state. */
export function stateEventOf({ write, ...position }: ToldWrite): StateEvent | undefined {
  const what = write && stateChangeOf(write)
  return what && { ...position, what }
}
