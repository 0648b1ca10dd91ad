import { describe, expect, test } from 'vitest'
import { facts, table } from '../../../functions/cli/table.ts'

const paint = (text: string) => text

describe('a table', () => {
  test('has columns as wide as their widest cell, and no space at the end of a line', () => {
    const shown = table(
      paint,
      ['A', 'NAME'],
      [
        ['long', 'x'],
        [1, 'longer'],
      ],
    )
    expect(shown).toBe('A     NAME\nlong  x\n1     longer')
  })

  test('counts what is shown two columns wide as two', () => {
    const shown = table(
      paint,
      ['A', 'B'],
      [
        ['販売', 1],
        ['x', 2],
        ['🚀', 3],
      ],
    )
    expect(shown.split('\n')).toEqual(['A     B', '販売  1', 'x     2', '🚀    3'])
  })

  test('shows a dash for nothing', () => {
    expect(table(paint, ['A', 'B'], [[undefined, '']])).toBe('A  B\n-  -')
  })

  test('colours the words and not the space', () => {
    const mark = (text: string, colour: string | undefined) => (colour ? `<${text}>` : text)
    const shown = table(mark, ['STATUS', 'B'], [[{ text: 'well', colour: 'green' }, 1]])
    expect(shown).toBe('<STATUS>  <B>\n<well>    1')
  })
})

test('facts stand below each other, and those that are not known are left out', () => {
  const shown = facts(paint, [
    ['Id', 7],
    ['Resource', 'https://x'],
    ['User', undefined],
  ])
  expect(shown).toBe('Id        7\nResource  https://x')
})
