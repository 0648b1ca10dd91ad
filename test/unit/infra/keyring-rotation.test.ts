import { describe, expect, test } from 'vitest'
import { resourcesOf, synthesized } from './synthesized.ts'

interface ScheduleResource {
  readonly DependsOn?: readonly string[]
  readonly Properties: Readonly<Record<string, unknown>>
}

function schedulesOf(template = synthesized()): readonly ScheduleResource[] {
  const found = template.findResources('AWS::SecretsManager::RotationSchedule')
  return Object.values(found) as unknown as readonly ScheduleResource[]
}

describe('the rotation of keyrings', () => {
  test('gives each keyring a new key every 90 days, and none at a deployment', () => {
    const keyrings = ['SecretsAccessTokenKeyringSecret', 'SecretsRefreshTokenKeyringSecret']
    expect(schedulesOf().map(({ Properties }) => Properties)).toEqual(
      keyrings.map((keyring) => ({
        SecretId: { Ref: expect.stringMatching(`^${keyring}`) },
        RotationLambdaARN: { 'Fn::GetAtt': [expect.stringMatching(/^rotationFunction/), 'Arn'] },
        RotationRules: { AutomaticallyAfterDays: 90 },
        RotateImmediatelyOnUpdate: false,
      })),
    )
  })

  test('begins once Secrets Manager may call the function, for it tries it at once', () => {
    for (const { DependsOn } of schedulesOf()) {
      expect(DependsOn).toEqual([expect.stringMatching(/TokenKeyringPermissionInvoke/)])
    }
  })

  test('follows the setting', () => {
    const [schedule] = schedulesOf(synthesized({ keyRotationDays: 30 }))
    expect(schedule?.Properties.RotationRules).toEqual({ AutomaticallyAfterDays: 30 })
  })

  test('is left out when nothing is to be rotated on schedule, with its function', () => {
    const template = synthesized({ keyRotationDays: 0 })
    expect(schedulesOf(template)).toEqual([])
    const functions = [...resourcesOf(template, 'AWS::Lambda::Function').keys()]
    expect(functions.filter((id) => id.startsWith('rotation'))).toEqual([])
    expect(functions.length).toBeGreaterThan(0)
  })
})
