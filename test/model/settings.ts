import type { Repeat } from './history.ts'

/** The histories of `npm test` are the same each time; those of a longer run are new ones. */
const USUAL_SEED = 20_961

/**
 * How many histories to run: the usual number, or the share of `MODEL_HISTORIES` where that is set.
 */
export function countOf(
  env: NodeJS.ProcessEnv,
  { usual, share }: { readonly usual: number; readonly share: number },
): number {
  const asked = Number(env.MODEL_HISTORIES)
  return asked > 0 ? Math.ceil(asked * share) : usual
}

/** `MODEL_SEED`, `MODEL_PATH` and `MODEL_REPLAY` repeat one history. */
export function repeatOf(env: NodeJS.ProcessEnv): Repeat {
  const seed = env.MODEL_SEED ?? (env.MODEL_HISTORIES ? undefined : USUAL_SEED)
  return {
    seed: seed === undefined ? undefined : Number(seed),
    path: env.MODEL_PATH,
    replayPath: env.MODEL_REPLAY,
  }
}
