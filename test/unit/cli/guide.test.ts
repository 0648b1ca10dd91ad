import { describe, expect, test } from 'vitest'
import { EXIT_CODES_HELP } from '../../../functions/cli/exit-code.ts'
import { VARIABLES } from '../../../functions/cli/surroundings.ts'
import { blocksOf, textOf } from '../../support/documents.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene } from './support/command-scene.ts'

const PAGE = 'functions/cli/README.md'
const guide = textOf(PAGE)
const folder = temporaryFolder('cli-guide')

const helpOf = async (words: readonly string[]) =>
  (await commandScene({ folder, isLoggedIn: false }).run(...words, '--help')).stdout

/** The commands of a help, by their names. */
function commandsIn(help: string): readonly string[] {
  const [, listed = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(help) ?? []
  return [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name)
}

/** Every call in the blocks of the guide, with its options. */
const calls = blocksOf(PAGE)
  .filter(({ language }) => language === 'bash')
  .flatMap(({ text }) => [...text.matchAll(/npx dynamics-connect ([^\n)|]+)/g)])
  .map(([, words = '']) => words.split(' '))

describe('the guide and the help', () => {
  test('know the same commands', async () => {
    const top = commandsIn(await helpOf([]))
    const below = commandsIn(await helpOf(['connections']))
    expect(top).toHaveLength(7)
    expect(below).toHaveLength(6)
    const called = new Set(
      calls.map(([first, second]) => (first === 'connections' ? `connections ${second}` : first)),
    )
    const known = top.flatMap((name) =>
      name === 'connections' ? below.map((it) => `connections ${it}`) : [name],
    )
    expect([...called].toSorted()).toEqual(known.toSorted())
  })

  test.each(calls.map((words) => [words.join(' '), words] as const))(
    'take %s alike',
    async (_, words) => {
      const command = words.slice(0, words[0] === 'connections' ? 2 : 1)
      const help = await helpOf(command)
      const options = words.filter((word) => word.startsWith('--'))
      for (const option of options) expect(help).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'))
      expect(help).toContain(`Usage: dynamics-connect ${command.join(' ')}`)
    },
  )

  test('name the same exit codes', () => {
    const inHelp = [...EXIT_CODES_HELP.matchAll(/^ {2}(\d+) +(.*)$/gm)]
    expect(inHelp).toHaveLength(5)
    for (const [, code, words] of inHelp) expect(guide).toContain(`| ${code} | ${words}`)
  })

  test('name every variable', () => {
    for (const name of Object.values(VARIABLES)) expect(guide).toContain(`\`${name}\``)
  })

  test('name every option', async () => {
    const commands = ['import', 'export', 'revoke-all', 'doctor', 'login']
    for (const command of commands) {
      const options = (await helpOf([command])).match(/^ {2}--[\w-]+/gm) ?? []
      for (const option of options) expect(guide, command).toContain(option.trim())
    }
  })
})
