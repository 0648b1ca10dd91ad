import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { OUTPUT, STACK_NAME } from '../../../../infra/outputs.ts'
import { tinyServer } from '../../support/tiny-server.ts'

const ID = `arn:aws:cloudformation:eu-west-1:123456789012:stack/${STACK_NAME}/1`

/** CloudFormation with one stack that keeps one secret, and a table without connections. */
async function anAccount() {
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
  await writeFile(join(folder, 'cdk'), `#!/bin/sh\necho "$@" > ${ran}\nexit 3\n`)
  await chmod(join(folder, 'cdk'), 0o755)
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL: url,
  }
  const destroy = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ['infra/operate/destroy.ts', ...args], { env }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  return { destroy, ran: () => readFile(ran, 'utf8').catch(() => undefined) }
}

const member = (fields: Readonly<Record<string, string>>) => {
  const elements = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<member>${elements.join('')}</member>`
}

const ANSWERS: Readonly<Record<string, string>> = {
  DescribeStacks: `<Stacks>${member({
    StackId: ID,
    StackStatus: 'CREATE_COMPLETE',
    Outputs: member({ OutputKey: OUTPUT.connectionsTable, OutputValue: 'table-1' }),
  })}</Stacks>`,
  GetTemplate: `<TemplateBody>{"Resources":{"Secret":{"DeletionPolicy":"Retain"},"Api":{}}}</TemplateBody>`,
  DescribeStackResources: `<StackResources>${member({
    StackName: STACK_NAME,
    LogicalResourceId: 'Secret',
    PhysicalResourceId: 'arn:secret',
  })}</StackResources>`,
}

test('npm run destroy runs cdk only after the word, and ends as it does', async () => {
  const { destroy, ran } = await anAccount()
  const refused = await destroy()
  expect(refused.code).toBe(1)
  expect(refused.stderr).toBe(
    'destroy: nothing was done: write --yes-delete dynamics-connect, or run this in a terminal\n',
  )
  expect(refused.stdout).toContain('Kept, and still paid for:\n  arn:secret\n')
  expect(await ran()).toBeUndefined()

  const done = await destroy('--yes-delete', STACK_NAME, '--verbose')
  expect(done.code).toBe(3)
  expect(await ran()).toBe('destroy dynamics-connect --force --verbose\n')
})
