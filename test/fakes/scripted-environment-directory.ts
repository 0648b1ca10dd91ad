import type {
  EnvironmentDirectory,
  ListedEnvironments,
} from '../../functions/domain/environment-directory.ts'

/** Lists what it was told last; nothing before that. */
export interface ScriptedEnvironmentDirectory extends EnvironmentDirectory {
  /** The access tokens that it was asked with. */
  readonly askedWith: readonly string[]
  lists(answer: ListedEnvironments): void
}

export function scriptedEnvironmentDirectory(): ScriptedEnvironmentDirectory {
  let next: ListedEnvironments = { outcome: 'listed', environments: [] }
  const askedWith: string[] = []
  return {
    askedWith,
    lists: (answer) => {
      next = answer
    },
    list: async (_cloud, accessToken) => {
      askedWith.push(accessToken)
      return next
    },
  }
}
