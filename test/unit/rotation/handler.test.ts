import { describe, expect, test } from 'vitest'
import { newKeyring, withNewKey, withoutKey } from '../../../functions/domain/stored-keyring.ts'
import { handClock, SECOND, T0 } from '../../fakes/hand-clock.ts'
import { aVersionId, rotationScene } from './scene.ts'

const BINDING = { connectionId: 7, generation: 3 }
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const

describe('a rotation', () => {
  test.each([1, 2])('adds a key that seals, with each step %i times', async (times) => {
    const before = newKeyring()
    const scene = await rotationScene(before)
    await scene.rotate(aVersionId(), times)
    const after = await scene.stored()
    expect(after).toEqual({
      active: 'k2',
      keys: { ...before.keys, k2: expect.any(String) },
      replaced: { k1: T0.toISOString() },
    })
    expect(await scene.stored('AWSPREVIOUS')).toEqual(before)
    expect(await scene.stored('AWSPENDING')).toBeUndefined()
  })

  test('changes nothing once it is over, whatever step is repeated', async () => {
    const scene = await rotationScene()
    const versionId = aVersionId()
    await scene.rotate(versionId)
    const after = await scene.stored()
    for (const step of STEPS) await scene.step(step, versionId)
    expect(await scene.stored()).toEqual(after)
    expect(scene.log.lines.at(-1)?.fields).toMatchObject({
      step: 'finishSecret',
      outcome: 'already_current',
    })
  })

  test('puts nothing in use before its last step', async () => {
    const scene = await rotationScene()
    const before = await scene.stored()
    const versionId = aVersionId()
    for (const step of STEPS.slice(0, -1)) {
      await scene.step(step, versionId)
      expect(await scene.stored()).toEqual(before)
    }
    expect((await scene.stored('AWSPENDING'))?.active).toBe('k2')
  })

  test('after another keeps every key: none is dropped on schedule', async () => {
    const scene = await rotationScene()
    for (let turn = 0; turn < 3; turn += 1) await scene.rotate(aVersionId())
    expect(Object.keys((await scene.stored())?.keys ?? {})).toEqual(['k1', 'k2', 'k3', 'k4'])
  })

  test('takes the keyring that CloudFormation made', async () => {
    const scene = await rotationScene({ active: 'k1', k1: 'Ab3'.repeat(14).concat('x') })
    await scene.rotate(aVersionId())
    const after = await scene.stored()
    expect(after).toMatchObject({ active: 'k2', keys: { k1: 'Ab3'.repeat(14).concat('x') } })
  })

  test('passes when Secrets Manager tries it with a copy of what is there', async () => {
    const scene = await rotationScene()
    const versionId = aVersionId()
    await scene.stageCopy(versionId)
    await scene.step('testSecret', versionId)
    expect(scene.log.lines).toMatchObject([{ kind: 'event', fields: { outcome: 'done' } }])
  })
})

describe('a crash', () => {
  const calls = [
    ['createSecret', 'DescribeSecret', 0],
    ['createSecret', 'GetSecretValue', 0],
    ['createSecret', 'GetSecretValue', 1],
    ['createSecret', 'PutSecretValue', 0],
    ['testSecret', 'DescribeSecret', 0],
    ['testSecret', 'GetSecretValue', 0],
    ['testSecret', 'GetSecretValue', 1],
    ['finishSecret', 'DescribeSecret', 0],
    ['finishSecret', 'GetSecretValue', 0],
    ['finishSecret', 'GetSecretValue', 1],
    ['finishSecret', 'UpdateSecretVersionStage', 0],
    ['finishSecret', 'UpdateSecretVersionStage', 1],
  ] as const
  const places = calls.flatMap(([step, call, later]) =>
    (['before', 'after'] as const).map((when) => ({ step, when, call, later })),
  )

  test.each(places)('in $step $when $call $later is mended by the next try', async (crash) => {
    const before = newKeyring()
    const scene = await rotationScene(before)
    const versionId = aVersionId()
    for (const step of STEPS) {
      if (step === crash.step) {
        scene.fail(crash.call, crash.when, crash.later)
        await expect(scene.step(step, versionId)).rejects.toMatchObject({
          code: 'secret_unreadable',
        })
      }
      await scene.step(step, versionId)
    }
    const after = await scene.stored()
    expect(Object.keys(after?.keys ?? {})).toEqual(['k1', 'k2'])
    expect(after).toMatchObject({ active: 'k2', keys: before.keys })
    expect(await scene.stored('AWSPENDING')).toBeUndefined()
  })

  test.each(STEPS.slice(0, -1))('after %s leaves the next rotation free to go on', async (last) => {
    const scene = await rotationScene()
    const abandoned = aVersionId()
    for (const step of STEPS.slice(0, STEPS.indexOf(last) + 1)) await scene.step(step, abandoned)
    await scene.rotate(aVersionId())
    expect(Object.keys((await scene.stored())?.keys ?? {})).toEqual(['k1', 'k2'])
    await expect(scene.step('finishSecret', abandoned)).rejects.toMatchObject({
      code: 'request_invalid',
    })
  })

  test('of one of two that create the same version leaves one value', async () => {
    const scene = await rotationScene()
    const versionId = aVersionId()
    let other: unknown
    scene.beforeNext('PutSecretValue', async () => {
      await scene.step('createSecret', versionId)
      other = await scene.stored('AWSPENDING')
    })
    await scene.step('createSecret', versionId)
    expect(await scene.stored('AWSPENDING')).toEqual(other)
    await scene.rotate(versionId)
    expect(await scene.stored()).toEqual(other)
  })
})

describe('a keyring that was changed by hand meanwhile', () => {
  const added = (keyring = newKeyring()) => withNewKey(keyring, T0)

  test('keeps the key that was added, and the next rotation adds another', async () => {
    const before = newKeyring()
    const scene = await rotationScene(before)
    const versionId = aVersionId()
    await scene.step('createSecret', versionId)
    const changed = added(before)
    await scene.store(changed)
    for (const step of ['testSecret', 'finishSecret'] as const) {
      await expect(scene.step(step, versionId)).rejects.toMatchObject({
        code: step === 'testSecret' ? 'keyring_changed' : 'request_invalid',
      })
    }
    expect(await scene.stored()).toEqual(changed)
    await scene.rotate(aVersionId())
    expect(await scene.stored()).toMatchObject({ active: 'k3', keys: changed.keys })
  })

  test('is noticed at the very last moment, between the look and the change', async () => {
    const before = newKeyring()
    const scene = await rotationScene(before)
    const versionId = aVersionId()
    await scene.step('createSecret', versionId)
    const changed = added(before)
    scene.beforeNext('UpdateSecretVersionStage', () => scene.store(changed))
    await expect(scene.step('finishSecret', versionId)).rejects.toMatchObject({
      code: 'keyring_changed',
    })
    expect(await scene.stored()).toEqual(changed)
    expect(await scene.stored('AWSPENDING')).toBeUndefined()
  })

  test('may get a dropped key back, which does no harm', async () => {
    const before = added()
    const scene = await rotationScene(before)
    const versionId = aVersionId()
    await scene.step('createSecret', versionId)
    await scene.store(withoutKey(before, 'k1'))
    await scene.step('finishSecret', versionId)
    expect(Object.keys((await scene.stored())?.keys ?? {})).toEqual(['k1', 'k2', 'k3'])
  })
})

describe('what is sealed around a rotation', () => {
  test('opens at once in every container, whether it has heard of the new key or not', async () => {
    const scene = await rotationScene()
    const clock = handClock()
    const stale = scene.container(clock.now)
    const sealedBefore = await stale.seal(BINDING, 'before')
    await scene.rotate(aVersionId())
    clock.advance(2 * SECOND)
    const fresh = scene.container(clock.now)
    const sealedByStale = await stale.seal(BINDING, 'by the stale one')
    const sealedByFresh = await fresh.seal(BINDING, 'by the fresh one')
    expect(await stale.open(BINDING, sealedByFresh)).toBe('by the fresh one')
    expect(await fresh.open(BINDING, sealedByStale)).toBe('by the stale one')
    expect(await fresh.open(BINDING, sealedBefore)).toBe('before')
  })
})

describe('the function refuses', () => {
  test.each([
    ['nothing', undefined],
    ['a text', 'finishSecret'],
    ['a step that does not exist', { Step: 'shredSecret' }],
    ['a step by the name of a method', { Step: 'toString' }],
    ['no version', { Step: 'createSecret', ClientRequestToken: undefined }],
    ['the secret of somebody else', { SecretId: 'arn:aws:secretsmanager:::secret:other' }],
  ])('%s', async (_what, event) => {
    const scene = await rotationScene()
    const before = await scene.stored()
    await expect(scene.receive(event)).rejects.toMatchObject({ code: 'request_invalid' })
    expect(await scene.stored()).toEqual(before)
    expect(scene.log.lines).toMatchObject([{ kind: 'failure', name: 'keyring_rotation_failed' }])
  })

  test('to finish what was never begun', async () => {
    const scene = await rotationScene()
    await expect(scene.step('finishSecret', aVersionId())).rejects.toThrow(
      'no rotation to this version is under way',
    )
  })

  test.each([['text'], [{ active: 'k1' }], [[]]])(
    'to rotate a secret that holds %j, and says what to run',
    async (value) => {
      const scene = await rotationScene(value)
      await expect(scene.step('createSecret', aVersionId())).rejects.toThrow(
        'the secret holds no keyring; run npm run setup',
      )
    },
  )
})

test('nothing that is logged or thrown holds any part of a key', async () => {
  const scene = await rotationScene()
  const versionId = aVersionId()
  await scene.rotate(versionId)
  scene.fail('GetSecretValue', 'after')
  const thrown = await scene.step('createSecret', aVersionId()).catch((error: unknown) => error)
  const said = JSON.stringify([scene.log.lines, String(thrown), Object.entries(thrown as object)])
  const keys = Object.values((await scene.stored())?.keys ?? {})
  expect(keys).toHaveLength(2)
  for (const key of keys) expect(said).not.toContain(key.slice(0, 8))
})
