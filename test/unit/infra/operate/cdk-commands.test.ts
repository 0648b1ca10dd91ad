import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { OUTPUT, STACK_NAME, VERSION } from '../../../../infra/outputs.ts'
import { tinyServer } from '../../support/tiny-server.ts'

const ID = `arn:aws:cloudformation:eu-west-1:123456789012:stack/${STACK_NAME}/1`

/** CloudFormation with one stack that keeps one secret, and a table without connections. */
async function anAccount({ exitCode = 3 } = {}) {
  const { url } = await tinyServer(({ headers, body }, response) => {
    if (headers['x-amz-target'] !== undefined) return response.end('{"Count":0}')
    const action = new URLSearchParams(body).get('Action') ?? ''
    return response.end(
      `<${action}Response><${action}Result>${ANSWERS[action] ?? ''}</${action}Result></${action}Response>`,
    )
  })
  const folder = await mkdtemp(join(tmpdir(), 'destroy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const ran = join(folder, 'ran')
  await writeFile(join(folder, 'cdk'), `#!/bin/sh\necho "$@" > ${ran}\nexit ${exitCode}\n`)
  await chmod(join(folder, 'cdk'), 0o755)
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL: url,
  }
  const run = (command: 'deploy' | 'destroy', ...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [`infra/operate/${command}.ts`, ...args], { env }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  return { run, folder, ran: () => readFile(ran, 'utf8').catch(() => undefined) }
}

const member = (fields: Readonly<Record<string, string>>) => {
  const elements = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<member>${elements.join('')}</member>`
}

const ANSWERS: Readonly<Record<string, string>> = {
  GetCallerIdentity: '<Account>123456789012</Account>',
  DescribeStacks: `<Stacks>${member({
    StackId: ID,
    StackStatus: 'CREATE_COMPLETE',
    Outputs: member({ OutputKey: OUTPUT.connectionsTable, OutputValue: 'table-1' }),
  })}</Stacks>`,
  GetTemplate: `<TemplateBody>{"Resources":{"Secret":{"DeletionPolicy":"Retain"},"Api":{}}}</TemplateBody>`,
  ListStackResources: `<StackResourceSummaries>${member({
    LogicalResourceId: 'Secret',
    PhysicalResourceId: 'arn:secret',
  })}${member({
    LogicalResourceId: 'Table',
    PhysicalResourceId: 'table-1',
  })}</StackResourceSummaries>`,
}

test('npm run destroy runs cdk only after the word, and ends as it does', async () => {
  const { run, ran } = await anAccount()
  const refused = await run('destroy')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toBe(
    'destroy: nothing was done: write --yes-delete dynamics-connect, or run this in a terminal\n',
  )
  expect(refused.stdout).toContain('Kept, and still paid for:\n  arn:secret\n')
  expect(await ran()).toBeUndefined()

  const done = await run('destroy', '--yes-delete', STACK_NAME, '--verbose')
  expect(done.code).toBe(3)
  expect(await ran()).toBe('destroy dynamics-connect --force --verbose\n')
})

test('npm run deploy looks first, and hands on what is not its own', async () => {
  const { run, ran, folder } = await anAccount()
  const outputs = join(folder, 'outputs.json')
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:app'
  const elsewhere = { [STACK_NAME]: { [OUTPUT.appCredentialSecret]: secret } }
  await writeFile(outputs, JSON.stringify(elsewhere))
  const args = ['--outputs-file', outputs, '--context', 'shards=8']
  const refused = await run('deploy', ...args)
  expect(refused.stderr).toMatch(/^deploy: the last deployment went to us-east-1 of account 1234/)
  expect(await ran()).toBeUndefined()

  const deployed = await run('deploy', '--elsewhere', ...args)
  expect(deployed.stdout).toBe(`deploying ${VERSION} to eu-west-1 of account 123456789012\n`)
  expect(await ran()).toBe(`deploy --outputs-file ${outputs} --context shards=8\n`)
})

test('npm run deploy ends with where the console is, and how to get in the first time', async () => {
  const { run, folder } = await anAccount({ exitCode: 0 })
  const file = join(folder, 'outputs.json')
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret'
  const told = Object.values(OUTPUT).map((name) => [name, `${arn}:${name}-a1B2c3`])
  const outputs = { ...Object.fromEntries(told), ConsoleUrl: 'https://connect.example.com/console' }
  await writeFile(file, JSON.stringify({ [STACK_NAME]: outputs }))
  const { stdout } = await run('deploy', '--outputs-file', file)
  expect(stdout.split('\n').slice(1)).toEqual([
    'the console: https://connect.example.com/console',
    '  its first sign-in, until somebody closes it: in AWS, Secrets Manager, the secret ConsoleAccessSecret, "Retrieve secret value"',
    '',
  ])
})

test('npm run deploy says nothing of a console where CDK wrote no outputs', async () => {
  const { run, folder } = await anAccount({ exitCode: 0 })
  const { code, stdout } = await run('deploy', '--outputs-file', join(folder, 'none.json'))
  expect([code, stdout]).toEqual([0, `deploying ${VERSION} to eu-west-1 of account 123456789012\n`])
})
