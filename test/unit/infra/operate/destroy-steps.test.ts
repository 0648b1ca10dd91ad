import { describe, expect, test } from 'vitest'
import { requireConfirmation } from '../../../../infra/operate/confirmation.ts'
import { prepareDestruction } from '../../../../infra/operate/destroy-steps.ts'
import { OUTPUT, STACK_NAME } from '../../../../infra/outputs.ts'
import { aStack, memoryStacks } from './stacks.ts'

const API = 'https://abc.execute-api.eu-west-1.amazonaws.com'
const OUTPUTS = {
  [OUTPUT.connectionsTable]: 'table-1',
  [OUTPUT.apiUrl]: API,
  [OUTPUT.replyUrl]: `${API}/connector/callback`,
}
const TABLE = { type: 'AWS::DynamoDB::Table', physicalId: 'table-1' }
const SECRET = { type: 'AWS::SecretsManager::Secret', physicalId: 'arn:secret' }

interface Situation {
  readonly connected?: number
  readonly kept?: readonly (typeof TABLE)[]
  readonly own?: readonly string[]
  readonly given?: string
  readonly typed?: string
}

/** What is told before a stack would be destroyed, and how that ends. */
async function preparing({ connected = 12, kept, own, given, typed }: Situation) {
  const told: string[] = []
  const stacks = memoryStacks(
    { [STACK_NAME]: aStack({ outputs: OUTPUTS }) },
    { kept: kept ?? [TABLE, SECRET], own: own ?? ['table-1'] },
  )
  const preparation = prepareDestruction(
    {
      stacks,
      countConnected: async () => connected,
      confirming: { ask: async () => typed },
      tell: (line) => told.push(line),
    },
    given,
  )
  const ended = await preparation.then(
    () => 'may be destroyed',
    (error: Error) => error.message,
  )
  return { told, ended }
}

describe('npm run destroy, before it destroys', () => {
  test('says what is connected, what is kept and what goes, and wants the name of the stack', async () => {
    const { told, ended } = await preparing({ typed: STACK_NAME })
    expect(ended).toBe('may be destroyed')
    expect(told).toEqual([
      'dynamics-connect in eu-west-1 of account 123456789012',
      '12 connections are connected. From now on:',
      '  no token is handed out and none is refreshed; what was handed out ends within 90 minutes',
      '  their grants stay, sealed, for 90 days after their last refresh: infra/RESTORE.md tells how to use them again',
      'Kept, and still paid for:',
      '  table-1',
      '  arn:secret',
      'Gone: the functions, the schedule, the sign-ins under way, all logs',
      '  and the event bus, once no rule of yours is on it: AWS deletes none before',
      `  and ${API}, which no deployment gets again`,
      `  so that ${API}/connector/callback is of no use at Microsoft any more`,
    ])
  })

  test.each([
    [{ typed: 'yes' }, 'nothing was done: "yes" is not "dynamics-connect"'],
    [{ typed: '' }, 'nothing was done: "" is not "dynamics-connect"'],
    [{}, 'nothing was done: write --yes-delete dynamics-connect, or run this in a terminal'],
    [{ given: 'other' }, 'nothing was done: "other" is not "dynamics-connect"'],
    [{ given: STACK_NAME }, 'may be destroyed'],
  ])('goes on only by that word, also with nothing connected: %j', async (answer, end) => {
    expect((await preparing({ ...answer, connected: 0 })).ended).toBe(end)
    expect((await preparing(answer)).ended).toBe(end)
  })

  test('says loudly when the template does not keep the table', async () => {
    const { told } = await preparing({ kept: [SECRET] })
    expect(told.join('\n')).toContain('THEIR GRANTS ARE DELETED')
    expect(told).not.toContain('  table-1')
  })

  test('knows that a restored table is not deleted with the stack', async () => {
    const { told } = await preparing({ kept: [SECRET], own: [] })
    expect(told.join('\n')).toContain('their grants stay')
    expect(told).toContain('  table-1')
  })

  test('says where to look when there is no such stack', async () => {
    const deps = {
      stacks: memoryStacks({}),
      countConnected: async () => expect.unreachable('something was counted'),
      confirming: { ask: async () => expect.unreachable('somebody was asked') },
      tell: () => undefined,
    }
    await expect(prepareDestruction(deps, STACK_NAME)).rejects.toThrow(
      'there is no stack dynamics-connect in this account and region: set AWS_PROFILE or AWS_REGION',
    )
  })
})

test('a confirmation that was given is not asked for', async () => {
  const confirming = { ask: async () => expect.unreachable('somebody was asked') }
  const confirmation = { word: 'w', given: 'w', option: '--yes' }
  await expect(requireConfirmation(confirming, confirmation)).resolves.toBeUndefined()
})
