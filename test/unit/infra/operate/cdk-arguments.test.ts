import { describe, expect, test } from 'vitest'
import {
  cdkOption,
  contextArgument,
  ownArguments,
} from '../../../../infra/operate/cdk-arguments.ts'

const OURS = { flags: ['--elsewhere'], values: ['--yes-delete'] }

describe('arguments of a command that runs CDK', () => {
  test.each([
    [['--elsewhere', '-c', 'a=b'], { '--elsewhere': '' }, ['-c', 'a=b']],
    [['--yes-delete', 'x', '--verbose'], { '--yes-delete': 'x' }, ['--verbose']],
    [['--yes-delete=x=y'], { '--yes-delete': 'x=y' }, []],
    [['--context', 'a=--elsewhere'], {}, ['--context', 'a=--elsewhere']],
  ])('%j are ours or CDK’s', (args, own, cdk) => {
    const sorted = ownArguments(args, OURS)
    expect(Object.fromEntries(sorted.own)).toEqual(own)
    expect(sorted.cdk).toEqual(cdk)
  })

  test.each([[['--yes-delete']], [['--yes-delete', '--verbose']]])('%j lack a value', (args) => {
    expect(() => ownArguments(args, OURS)).toThrow('write a value after --yes-delete')
  })

  test('an option of CDK’s is found however it is written', () => {
    expect(cdkOption(['--profile', 'a'], '--profile')).toEqual(['a'])
    expect(cdkOption(['--profile=b'], '--profile')).toEqual(['b'])
    expect(cdkOption(['--other', '--profile'], '--profile')).toEqual([''])
  })

  test('the last context counts', () => {
    const args = ['-c', 'table=a', '--context', 'table=b', '--context=table=c=d', '-c', 'other=e']
    expect(contextArgument(args, 'table')).toBe('c=d')
    expect(contextArgument(args, 'tab')).toBeUndefined()
  })
})
