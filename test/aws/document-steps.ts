import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ListSecretVersionIdsCommand,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import type { Outputs } from '../../infra/outputs.ts'
import { documented, pages, proseOf, replaced } from '../support/documents.ts'
import { account } from './support/account.ts'
import { attempt, operate } from './support/deployment.ts'
import { workFolder } from './support/test-env.ts'

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'

/** Of the commands that stand between words, what the emulator cannot do, and what it says instead. */
const REFUSED: Readonly<Record<string, string>> = {
  'aws iam enable-outbound-web-identity-federation': 'Unknown IAM action',
  // a command by its name alone
  'aws secretsmanager replicate-secret-to-regions': 'arguments are required: --secret-id',
}

/** The commands of the documents that an operator gives to a running deployment. */
export function documentSteps(deployed: () => Outputs): void {
  describe('the documents', () => {
    test('set the brand', async () => {
      const logo = join(workFolder, 'logo.svg')
      writeFileSync(logo, LOGO)
      const command = documented('infra/DEPLOYING.md', 'npm run brand')
      const told = await operate(replaced(command, { 'logo.svg': logo }))
      expect(told).toMatch(/^name: +Fabrikam$/m)
    })

    test('go back to the app credential before the newest one', async () => {
      const SecretId = deployed().appCredentialSecret
      const commands = documented(
        'infra/RUNBOOK.md',
        'aws secretsmanager list-secret-version-ids --secret-id <AppCredentialSecretArn>',
      )
      const secret = { '<AppCredentialSecretArn>': SecretId }
      await expectToMoveStage(SecretId, replaced(commands, secret))
    })

    test('put a keyring back as it was, and read the one before', async () => {
      const SecretId = deployed().accessTokenKeyringSecret
      const secret = { '<ARN of the keyring>': SecretId }
      const read = documented('infra/RUNBOOK.md', 'aws secretsmanager get-secret-value')
      expect(await operate(replaced(read, secret))).toContain('AWSPREVIOUS')
      const commands = documented(
        'infra/RUNBOOK.md',
        'aws secretsmanager list-secret-version-ids --secret-id <ARN of the keyring>',
      )
      await expectToMoveStage(SecretId, replaced(commands, secret))
    })

    test('restore the connections as they were, and delete what is not needed any more', async () => {
      const at = `${new Date().toISOString().slice(0, 19)}Z`
      const restore = documented('infra/RESTORE.md', 'npm run restore')
      const told = await operate(replaced(restore, { '2026-01-31T12:00:00Z': at }))
      const [, table = ''] = /"connectionsStreamArn": "arn:[^"]+:table\/([^/"]+)\//.exec(told) ?? []
      expect(await operate(`npm run restore -- --table ${table}`)).toContain('once more')
      const remove = documented('infra/RESTORE.md', 'aws dynamodb update-table')
      expect(await operate(replaced(remove, { '<old>': table }))).toContain('DELETING')
    })

    test('say which keys are used, and add some', async () => {
      expect(await operate('npm run keys -- report')).toMatch(/active, in use by \d/)
      expect(await operate('npm run keys -- rotate')).toContain('is active now')
      expect(await attempt('npm run keys -- drop k1')).toMatchObject({ exitCode: 1 })
    })

    test('look at what another version would change, before it is deployed', async () => {
      const [look = ''] = documented('infra/UPGRADING.md', 'npx cdk diff').split('\n')
      expect(await operate(look)).toContain('ALLOWED_ORIGINS')
    })

    test('revoke nothing as long as nobody confirms it', async () => {
      const { exitCode, output } = await attempt('npm run revoke -- --everything')
      expect([exitCode, output]).toEqual([1, expect.stringContaining('nothing was done')])
    })

    test('give the webhook to CloudFormation, of which the emulator knows two types too few', async () => {
      const command = documented(
        'functions/events/README.md',
        'aws cloudformation deploy --stack-name dynamics-events-webhook',
      )
      const { output } = await attempt(replaced(command, { '…': 'a-key-of-sixteen-characters' }))
      expect(output).toContain(
        'Unrecognized resource types: [AWS::Events::ApiDestination, AWS::Events::Connection]',
      )
    })

    test.each(commandsBetweenWords())('have AWS take %s', async (command) => {
      const { exitCode, output } = await attempt(withOutputs(command, deployed()))
      const refusal = REFUSED[command]
      if (refusal === undefined) expect([exitCode, output]).toEqual([0, expect.any(String)])
      else expect(output).toContain(refusal)
    })
  })
}

/** The commands of AWS that stand between words, each once. */
function commandsBetweenWords(): readonly string[] {
  const spans = pages().flatMap((page) => [...proseOf(page).matchAll(/`(aws [^`]+)`/g)])
  return [...new Set(spans.map(([, command = '']) => command))]
}

function withOutputs(command: string, outputs: Outputs): string {
  return command.replace(/<[^>]+>/, outputs.accessTokenKeyringSecret)
}

/** The commands move `AWSCURRENT` to what was `AWSPREVIOUS`; done once more, it is where it was. */
async function expectToMoveStage(SecretId: string, commands: string): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    const before = await stagesOf(SecretId)
    await operate(
      replaced(commands, {
        '<id that is AWSPREVIOUS>': before.previous,
        '<id that is AWSCURRENT>': before.current,
      }),
    )
    const { previous: current, current: previous } = before
    expect(await stagesOf(SecretId)).toEqual({ current, previous })
  }
}

async function stagesOf(SecretId: string): Promise<{ current: string; previous: string }> {
  const { Versions = [] } = await account.secrets.send(
    new ListSecretVersionIdsCommand({ SecretId }),
  )
  const idOf = (stage: string): string => {
    const isIt = ({ VersionStages = [] }: SecretVersionsListEntry) => VersionStages.includes(stage)
    return Versions.find(isIt)?.VersionId ?? ''
  }
  return { current: idOf('AWSCURRENT'), previous: idOf('AWSPREVIOUS') }
}
