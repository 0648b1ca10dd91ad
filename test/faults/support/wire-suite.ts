import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scene, startScene } from './scene.ts'
import { sideBySide } from './side-by-side.ts'
import { tally } from './tally.ts'

/** A row by its name, under the target that it is counted for. */
export interface NamedRow {
  readonly target: string
  readonly name: string
}

/** A row that is told as a story instead of a table. */
export interface StoryRow extends NamedRow {
  readonly play: (scene: Scene) => Promise<void>
}

/** Rows in which the product waits for what does not come, or tries again for seconds. */
function isSlow({ target, name }: NamedRow): boolean {
  const isStubborn = target === 'DynamoDB, store'
  return isStubborn || /silent|stall|drip|delay|no first byte|now and then/.test(name)
}

/**
 * Makes a suite: a scene, every row side by side on it, and afterwards the search for whatever secret
 * passed by.
 */
export function wireSuite<R extends NamedRow>(
  title: string,
  rows: readonly R[],
  play: (scene: Scene, row: R) => Promise<void>,
): void {
  let scene: Scene
  const playing = sideBySide(rows, (row) => play(scene, row), isSlow)

  beforeAll(async () => {
    scene = await startScene()
  })
  afterAll(async () => {
    await scene.close()
    tally(rows)
  })

  describe(title, () => {
    test.each(rows)('$target: $name', async (row) => {
      await playing.of(row)
      expect(scene.output.text(), 'what the functions wrote').not.toBe('')
    })

    test('no secret of these rows is in a log line, an answer or an item', async () => {
      await playing.all()
      expect(scene.canaries.all.length).toBeGreaterThan(0)
      expect(await scene.leaks()).toEqual({
        'log lines': [],
        'answers and headers': [],
        'items in DynamoDB': [],
      })
    })

    test('the search finds a planted secret in each of these places', async () => {
      await playing.all()
      const found = await scene.leaksWithPlanted()
      expect(found).toEqual({ 'log lines': 1, 'answers and headers': 1, 'items in DynamoDB': 1 })
    })
  })
}
