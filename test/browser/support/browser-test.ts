import { test as base, expect } from 'vitest'
import { type StageOptions, startStage } from './stage.ts'
import { openVisitor, type Visitor, type VisitorOptions } from './visitor.ts'

const AS_USUAL: StageOptions = {}

/**
 * A test with a browser: `page` is the first tab of `visitor`, `newVisitor` opens another person's
 * browser. It fails too when any of the browsers did what `watch` watches for.
 */
export const test = base
  .extend('stageOptions', { scope: 'file' }, AS_USUAL)
  .extend('stage', { scope: 'file' }, async ({ stageOptions }, { onCleanup }) => {
    const stage = await startStage(stageOptions)
    onCleanup(() => stage.close())
    return stage
  })
  .extend('newVisitor', async ({ stage }, { onCleanup }) => {
    const visitors: Visitor[] = []
    onCleanup(async () => {
      await Promise.all(visitors.map((visitor) => visitor.close()))
      await stage.reset()
      expect(visitors.flatMap((visitor) => visitor.watch.problems())).toEqual([])
    })
    return async (options?: VisitorOptions): Promise<Visitor> => {
      const visitor = await openVisitor(stage, options)
      visitors.push(visitor)
      return visitor
    }
  })
  .extend('visitor', ({ newVisitor }) => newVisitor())
  .extend('page', ({ visitor }) => visitor.page)
