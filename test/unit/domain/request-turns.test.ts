import { describe, expect, test } from 'vitest'
import { requestTurns } from '../../../functions/domain/request-turns.ts'

/** Takes turns with requests that are answered by hand, and notes in which order they were sent. */
function scene(most: number) {
  const turns = requestTurns(most)
  const sent: string[] = []
  const take = (name: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const send = () => {
      sent.push(name)
      return promise
    }
    return { taken: turns.take(send), answer: () => resolve(name), fail: reject }
  }
  return { turns, sent, take }
}

const soon = () => new Promise(setImmediate)

describe('turns', () => {
  test('let so many requests be on their way, and the next one when one is answered', async () => {
    const { sent, take } = scene(2)
    const [one, , three] = ['one', 'two', 'three', 'four'].map(take)
    await soon()
    expect(sent).toEqual(['one', 'two'])
    one?.answer()
    expect(await one?.taken).toBe('one')
    await soon()
    expect(sent).toEqual(['one', 'two', 'three'])
    three?.answer()
    await soon()
    expect(sent).toEqual(['one', 'two', 'three', 'four'])
  })

  test('send what waits before whoever was answered goes on, when another answer has come', async () => {
    const { sent, take } = scene(2)
    const [one, two] = ['one', 'two', 'three', 'four'].map(take)
    await soon()
    const gone = one?.taken.then(() => sent.push('one goes on'))
    setImmediate(() => two?.answer())
    one?.answer()
    await gone
    expect(sent).toEqual(['one', 'two', 'three', 'four', 'one goes on'])
  })

  test('pass on when a request fails, and its error is its own', async () => {
    const { sent, take } = scene(1)
    const one = take('one')
    const two = take('two')
    one.fail(new Error('no answer'))
    await expect(one.taken).rejects.toThrow('no answer')
    two.answer()
    expect(await two.taken).toBe('two')
    expect(sent).toEqual(['one', 'two'])
  })

  test('are free again when nobody waits', async () => {
    const { take } = scene(1)
    for (const name of ['one', 'two', 'three']) {
      const turn = take(name)
      turn.answer()
      expect(await turn.taken).toBe(name)
    }
  })

  test('called off send nothing further, and finish what is on its way', async () => {
    const { turns, sent, take } = scene(1)
    const one = take('one')
    const two = take('two')
    turns.callOff()
    const three = take('three')
    one.answer()
    expect(await Promise.all([one.taken, two.taken, three.taken])).toEqual([
      'one',
      undefined,
      undefined,
    ])
    expect(sent).toEqual(['one'])
  })
})
