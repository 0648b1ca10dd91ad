import type { Stack } from 'aws-cdk-lib'
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag'
import { describe, expect, test } from 'vitest'
import { acknowledgedIn } from './acknowledged.ts'
import { EVERY_SETTING } from './every-setting.ts'
import { stackOf } from './synthesized.ts'

const PACKS = [new AwsSolutionsChecks(), new ServerlessChecks()]

/** The same packs, deaf to what was acknowledged. */
const DEAF_PACKS = [new AwsSolutionsChecks(), new ServerlessChecks()].map((pack) =>
  Object.defineProperty(pack, 'isAcknowledged', { value: () => false }),
)

/** A rule, and the path of the construct that it is about. */
interface Finding {
  readonly rule: string
  readonly path: string
}

function findingsOf(packs: readonly NagPack[], stack: Stack): readonly Finding[] {
  const violations = packs.flatMap((pack) => pack.validateScope(stack).violations)
  return violations.flatMap(({ ruleName, violatingResources = [] }) =>
    violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath })),
  )
}

describe.each([
  ['without any setting', stackOf()],
  ['with every setting', stackOf(EVERY_SETTING)],
  [
    'without a credential or a rotation',
    stackOf({ appCredential: 'federated', keyRotationDays: 0 }),
  ],
])('cdk-nag, AwsSolutions and Serverless, %s', (_, stack) => {
  test('finds nothing that is not acknowledged', () => {
    expect(findingsOf(PACKS, stack)).toEqual([])
  })

  test('finds whatever is acknowledged: no acknowledgement is left over', () => {
    const findings = findingsOf(DEAF_PACKS, stack)
    const acknowledged = acknowledgedIn(stack)
    const leftOver = acknowledged.filter(
      ({ rule, path }) =>
        !findings.some((finding) => finding.rule === rule && finding.path.startsWith(`${path}/`)),
    )
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(leftOver).toEqual([])
  })
})
