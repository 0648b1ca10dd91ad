import {
  type ConsoleAccessStore,
  consoleAccessOf,
  type StoredConsoleAccess,
  withoutFirstSignIn,
  withProvider,
} from '../../functions/domain/console-access.ts'

export function memoryConsoleAccess(initial: StoredConsoleAccess): ConsoleAccessStore {
  let stored = initial
  return {
    read: async () => consoleAccessOf(stored),
    closeFirstSignIn: async () => {
      stored = withoutFirstSignIn(stored)
    },
    saveProvider: async (provider) => {
      stored = withProvider(stored, provider)
    },
    removeProvider: async () => {
      stored = withProvider(stored, undefined)
    },
  }
}
