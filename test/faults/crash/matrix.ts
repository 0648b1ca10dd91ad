import { type KillPoint, MOMENTS } from '../../support/lambda/wire.ts'
import {
  type CallbackCell,
  recordCallback,
  runCallbackCell,
  type SignInProgress,
} from './callback-cell.ts'
import type { RefreshTokenUse } from './microsoft.ts'
import {
  type Progress,
  type RefreshCell,
  recordRefresh,
  runRefreshCell,
  TRIGGERS,
  type Trigger,
} from './refresh-cell.ts'
import type { Lane, World } from './world.ts'

/** One cell: where a process dies, under which rules of Microsoft's, doing what for whom. */
export interface Cell {
  /** The row of the final table. */
  readonly group: string
  readonly kill: KillPoint
  /** The only cells after which a person has to sign in again. */
  readonly isGrantLost: boolean
  /** The only cells after which the partner has to give out another link. */
  readonly isLinkLost: boolean
  run(lane: Lane): Promise<void>
}

const RULES: readonly RefreshTokenUse[] = ['lenient', 'strict']

/** The steps that decide what holds after the crash, in their order. */
const REFRESH_MILESTONES: readonly (readonly [step: string, Progress])[] = [
  ['claim', 'claimed'],
  ['token request', 'redeemed'],
  ['store token set', 'stored'],
]
const SIGN_IN_MILESTONES: readonly (readonly [step: string, SignInProgress])[] = [
  ['consume request', 'consumed'],
  ['spend link', 'spent'],
  ['store token set', 'connected'],
  ['keep result', 'kept'],
]

/** Records a run of each kind that nothing disturbs, and makes a cell of every point of it. */
export async function recordMatrix(
  world: World,
  lane: Lane,
  tell: (name: string, steps: readonly string[]) => void,
): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for (const trigger of TRIGGERS) {
    const steps = await recordRefresh(world, lane, trigger)
    tell(`refresh ${trigger}`, steps)
    cells.push(...RULES.flatMap((rule) => refreshCells(world, { trigger, rule, steps })))
  }
  const steps = await recordCallback(world, lane)
  tell('sign-in', steps)
  return [...cells, ...RULES.flatMap((rule) => callbackCells(world, rule, steps))]
}

function refreshCells(
  world: World,
  {
    trigger,
    rule,
    steps,
  }: {
    readonly trigger: Trigger
    readonly rule: RefreshTokenUse
    readonly steps: readonly string[]
  },
): readonly Cell[] {
  return killPointsOf(steps).map((kill) => {
    const progress = progressAt(kill, steps, REFRESH_MILESTONES) ?? 'unclaimed'
    const cell: RefreshCell = { trigger, refreshTokens: rule, kill, progress }
    return {
      group: `refresh ${trigger}, ${rule}`,
      kill,
      isGrantLost: rule === 'strict' && progress === 'redeemed',
      isLinkLost: false,
      run: (lane) => runRefreshCell(world, lane, cell),
    }
  })
}

function callbackCells(
  world: World,
  rule: RefreshTokenUse,
  steps: readonly string[],
): readonly Cell[] {
  return killPointsOf(steps).map((kill) => {
    const progress = progressAt(kill, steps, SIGN_IN_MILESTONES) ?? 'begun'
    const cell: CallbackCell = { refreshTokens: rule, kill, progress }
    return {
      group: `sign-in, ${rule}`,
      kill,
      isGrantLost: false,
      isLinkLost: progress === 'spent',
      run: (lane) => runCallbackCell(world, lane, cell),
    }
  })
}

function killPointsOf(steps: readonly string[]): readonly KillPoint[] {
  return steps.flatMap((step) => MOMENTS.map((moment) => ({ step, moment })))
}

/** The last milestone whose request was processed; one that is killed before its request is not. */
function progressAt<P>(
  { step, moment }: KillPoint,
  steps: readonly string[],
  milestones: readonly (readonly [string, P])[],
): P | undefined {
  const at = steps.indexOf(step)
  const processed = steps.slice(0, moment === 'before' ? at : at + 1)
  return milestones.findLast(([milestone]) => processed.includes(milestone))?.[1]
}
