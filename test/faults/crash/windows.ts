import type { Cell } from './matrix.ts'

/**
 * After a crash at one of these points alone somebody has to act. Written down by hand: a step that
 * comes to lie between them widens a window, and fails the run until it is written here.
 */
const EXPECTED = {
  /** Strict single use only: the refresh token is spent and its successor is not stored. */
  isGrantLost: [
    'token request (processed)',
    'token request (answered)',
    'store token set (before)',
  ],
  /** The link is spent and nothing is connected: the partner gives out another one. */
  isLinkLost: ['spend link (processed)', 'spend link (answered)', 'store token set (before)'],
} as const

type Window = keyof typeof EXPECTED

/** The points of a window, in the words of {@link EXPECTED}. */
export function pointsOf(window: Window, cells: readonly Cell[]): readonly string[] {
  const hit = cells.filter((cell) => cell[window])
  return [...new Set(hit.map(({ kill }) => `${kill.step} (${kill.moment})`))]
}

/** What differs between the windows of the whole matrix and those that are expected. */
export function differencesOf(cells: readonly Cell[]): readonly string[] {
  return (Object.keys(EXPECTED) as Window[]).flatMap((window) => {
    const expected: readonly string[] = EXPECTED[window]
    const found = pointsOf(window, cells)
    return [
      ...found.filter((point) => !expected.includes(point)).map((point) => `new: ${point}`),
      ...expected.filter((point) => !found.includes(point)).map((point) => `gone: ${point}`),
    ]
  })
}
