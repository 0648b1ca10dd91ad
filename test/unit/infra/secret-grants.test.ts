import { App, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { ENV } from '../../../functions/config.ts'
import type { Keeping } from '../../../infra/keeping.ts'
import { ServiceSecret } from '../../../infra/secrets.ts'
import { ServiceFunction } from '../../../infra/service-function.ts'
import { StackKey } from '../../../infra/stack-key.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { matrixOf } from './role-permissions.ts'
import { resourcesOf } from './synthesized.ts'

const READ = 'secretsmanager:GetSecretValue'
const WRITE = 'secretsmanager:PutSecretValue'
const MOVE = 'secretsmanager:UpdateSecretVersionStage'
const DECRYPT = 'kms:Decrypt via secretsmanager'
const ENCRYPT = 'kms:GenerateDataKey via secretsmanager'

type Grant = 'grantRead' | 'grantChange' | 'grantWrite'

/** A stack with one function and one secret that it is granted. */
function granted(grant: Grant, { withKey }: { readonly withKey: boolean }): Template {
  const stack = new Stack(new App(), 'Grants')
  const removalPolicy = RemovalPolicy.DESTROY
  const key = withKey
    ? new StackKey(stack, 'Encryption', { removalPolicy, existingArn: undefined })
    : undefined
  const keeping: Keeping = { removalPolicy, logRetention: 7, key }
  const fn = new ServiceFunction(stack, 'console', {
    bundle: temporaryFolder('grants'),
    description: 'a function',
    memoryMiB: 256,
    timeoutSeconds: 15,
    keeping,
    tracing: false,
  })
  const props = { description: 'a secret', variable: ENV.appCredentialSecret, keeping }
  const secret = new ServiceSecret(stack, 'SecretsAppCredential', props)
  secret[grant](fn)
  return Template.fromStack(stack)
}

test.each<[grant: Grant, secret: readonly string[], key: readonly string[]]>([
  ['grantRead', [READ], [DECRYPT]],
  ['grantChange', [READ, WRITE, MOVE], [DECRYPT, ENCRYPT]],
  ['grantWrite', [WRITE], [DECRYPT, ENCRYPT]],
])('%s allows %j of a secret, and tells where it is', (grant, onSecret, onKey) => {
  const plain = granted(grant, { withKey: false })
  expect(matrixOf(plain).console?.['app credential']).toEqual(onSecret)
  expect(matrixOf(granted(grant, { withKey: true })).console).toMatchObject({
    'app credential': onSecret,
    'key of the stack': onKey,
  })
  const [fn] = [...resourcesOf<FunctionVariables>(plain, 'AWS::Lambda::Function').values()]
  expect(Object.keys(fn?.Environment.Variables ?? {})).toEqual([ENV.appCredentialSecret])
})

interface FunctionVariables {
  readonly Environment: { readonly Variables: object }
}
