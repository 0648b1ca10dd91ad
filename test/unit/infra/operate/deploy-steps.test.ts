import { describe, expect, test } from 'vitest'
import {
  type DeployDependencies,
  type DeployWishes,
  prepareDeployment,
} from '../../../../infra/operate/deploy-steps.ts'
import { OUTPUT, STACK_NAME, VERSION } from '../../../../infra/outputs.ts'
import { aStack, memoryStacks } from './stacks.ts'

const HERE = { region: 'eu-west-1', account: '123456789012' }
const WISHES: DeployWishes = {
  isElsewhere: false,
  isOlder: false,
  toolkitStack: 'CDKToolkit',
  connectionsStreamArn: undefined,
}
const RUNNING = { [OUTPUT.version]: VERSION, [OUTPUT.connectionsTable]: 'table-1' }

/** Prepares a deployment over this stack, or over none. */
async function prepared(
  stack: ReturnType<typeof aStack> | undefined,
  {
    wishes,
    own = ['table-1'],
    ...deps
  }: Partial<DeployDependencies> & { wishes?: Partial<DeployWishes>; own?: string[] } = {},
) {
  const told: string[] = []
  const all = { CDKToolkit: aStack(), ...(stack && { [STACK_NAME]: stack }) }
  await prepareDeployment(
    {
      place: async () => HERE,
      lastPlace: async () => undefined,
      stacks: memoryStacks(all, { own }),
      tell: (line) => told.push(line),
      ...deps,
    },
    { ...WISHES, ...wishes },
  )
  return told
}

describe('npm run deploy, before it deploys', () => {
  test('says what goes where', async () => {
    const told = [`deploying ${VERSION} to eu-west-1 of account 123456789012`]
    expect(await prepared(undefined)).toEqual(told)
    expect(await prepared(aStack({ outputs: RUNNING }))).toEqual(told)
  })

  test('tells how to set CDK up where that was never done', async () => {
    await expect(prepared(undefined, { stacks: memoryStacks({}) })).rejects.toThrow(
      'run "npx cdk bootstrap aws://123456789012/eu-west-1" once',
    )
  })

  test.each([
    { region: 'us-east-1', account: HERE.account },
    { region: HERE.region, account: '999999999999' },
  ])('makes no second service by accident, after one in %j', async (last) => {
    const lastPlace = async () => last
    await expect(prepared(undefined, { lastPlace })).rejects.toThrow(
      `went to ${last.region} of account ${last.account}, this one would make a second`,
    )
    const wishes = { isElsewhere: true }
    expect(await prepared(undefined, { lastPlace, wishes })).toHaveLength(1)
  })

  test.each([
    ['UPDATE_IN_PROGRESS', /is at work on dynamics-connect \(UPDATE_IN_PROGRESS\): wait/],
    ['ROLLBACK_COMPLETE', /left nothing to build on: run "npm run destroy"/],
    ['UPDATE_ROLLBACK_FAILED', /run "npx cdk rollback"/],
  ])('deploys over no stack in %s', async (status, message) => {
    await expect(prepared(aStack({ status }))).rejects.toThrow(message)
  })

  test.each(['99.0.0', '0.99.0', '0.1.99'])(
    'deploys over no newer version: %s',
    async (version) => {
      const newer = aStack({ outputs: { ...RUNNING, [OUTPUT.version]: version } })
      await expect(prepared(newer)).rejects.toThrow(
        `version ${version} runs, this folder is ${VERSION}`,
      )
      expect(await prepared(newer, { wishes: { isOlder: true } })).toHaveLength(1)
    },
  )

  test.each(['0.0.9', '0.0.10'])('deploys over an older version: %s', async (version) => {
    const older = aStack({ outputs: { ...RUNNING, [OUTPUT.version]: version } })
    expect(await prepared(older)).toHaveLength(1)
  })

  test('leaves no restored table for a new, empty one', async () => {
    const restored = aStack({ outputs: { ...RUNNING, [OUTPUT.connectionsTable]: 'restored' } })
    await expect(prepared(restored)).rejects.toThrow(
      'run "npm run restore -- --table restored" and write the setting that it prints',
    )
    const wishes = { connectionsStreamArn: 'arn' }
    expect(await prepared(restored, { wishes })).toHaveLength(1)
  })
})
