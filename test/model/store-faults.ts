import { ServiceError } from '../../functions/domain/service-error.ts'
import type { Notes } from './notes.ts'
import type { Operation, Stage } from './stage.ts'

/** What may happen to a write. */
export type WriteFault =
  /** It is applied, and its answer never arrives. */
  | 'answer_lost'
  /** It is applied, its answer never arrives, and the SDK sends it again. */
  | 'repeated'

/** What is wrong with the store. */
export interface StoreFaults {
  /** The next so many calls fail. */
  calls: number
  /** All calls fail until then. */
  until: number
  /** What happens to the next writes. */
  readonly writes: WriteFault[]
}

export const noStoreFaults = (): StoreFaults => ({ calls: 0, until: 0, writes: [] })

/** Makes calls to the store, with what is wrong with it. */
export interface StoreCalls {
  read<T>(operation: Operation, label: string, effect: () => Promise<T>): Promise<T>
  /** @param effect is carried out twice where the SDK repeats it */
  write<T>(operation: Operation, label: string, effect: () => Promise<T>): Promise<T>
}

export function storeCalls(
  stage: Stage,
  faults: StoreFaults,
  notesOf: (operation: Operation) => Notes,
): StoreCalls {
  const fail = (operation: Operation): never => {
    notesOf(operation).storeFaults += 1
    throw new ServiceError('the store did not answer', { code: 'store_unavailable' })
  }
  const failIfDown = (operation: Operation) => {
    const isDown = faults.calls > 0 || stage.now().getTime() < faults.until
    if (!isDown) return
    faults.calls = Math.max(faults.calls - 1, 0)
    fail(operation)
  }
  return {
    read: (operation, label, effect) =>
      stage.call(operation, label, () => {
        failIfDown(operation)
        return effect()
      }),
    write: (operation, label, effect) =>
      stage.call(operation, label, async () => {
        failIfDown(operation)
        const fault = faults.writes.shift()
        const answer = await effect()
        if (fault === 'answer_lost') return fail(operation)
        return fault === 'repeated' ? effect() : answer
      }),
  }
}
