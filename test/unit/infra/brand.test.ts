import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { dynamodbPartnerSettings } from '../../../functions/adapters/dynamodb-partner-settings.ts'
import { setBrand } from '../../../infra/brand-steps.ts'
import { LOCAL_BRAND } from '../../../infra/local/local-brand.ts'
import { seedBrand } from '../../../infra/local/seed.ts'
import { logoOf } from '../../../infra/logo-file.ts'
import { startDynamodb, type TestDynamodb } from '../../support/dynamodb.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const PNG = Buffer.from('89504e470d0a1a0a00', 'hex')
const SVG = Buffer.from('<?xml version="1.0"?>\n<!-- a logo -->\n<svg xmlns="x"></svg>')
const SETTINGS = { pk: { S: 'settings' } }

let dynamodb: TestDynamodb
beforeAll(async () => {
  dynamodb = await startDynamodb()
  return dynamodb.stop
})

/** A deployment that was set up and has no brand. */
async function aDeployment(files: Readonly<Record<string, Uint8Array>> = {}) {
  const { client, connectionsTable: table } = dynamodb
  const item = { ...SETTINGS, clientId: { S: 'the client id' } }
  await client.send(new PutItemCommand({ TableName: table, Item: item }))
  const settings = dynamodbPartnerSettings(client, { table })
  const told: string[] = []
  const deps = {
    settings,
    readFile: async (path: string) => files[path] ?? expect.unreachable(`${path} was read`),
    tell: (line: string) => told.push(line),
  }
  const run = (wishes: Omit<Parameters<typeof setBrand>[1], 'reset'> & { reset?: boolean } = {}) =>
    setBrand(deps, { reset: false, ...wishes })
  const shown = async () => (await settings.read()).brand
  const stored = async () => {
    const get = new GetItemCommand({ TableName: table, Key: SETTINGS, ConsistentRead: true })
    return (await client.send(get)).Item
  }
  return { run, told, shown, stored }
}

describe('the brand command', () => {
  test('sets what pages show, and tells it', async () => {
    const { run, told, shown } = await aDeployment({ 'logo.svg': SVG })
    await run({ name: 'Fabrikam', logo: 'logo.svg', colour: '#0B57A4' })
    const logo = `data:image/svg+xml;base64,${SVG.toString('base64')}`
    expect(await shown()).toEqual({ name: 'Fabrikam', logo, colour: '#0b57a4' })
    expect(told).toEqual([
      'name:   Fabrikam',
      'logo:   SVG, 1 KB',
      'colour: #0b57a4',
      'pages follow within a minute',
    ])
  })

  test('sets only what it is told to, and leaves the other settings alone', async () => {
    const { run, shown, stored } = await aDeployment({ 'logo.png': PNG })
    await run({ name: 'Fabrikam', colour: '#0b57a4' })
    await run({ logo: 'logo.png' })
    expect(await shown()).toMatchObject({ name: 'Fabrikam', colour: '#0b57a4' })
    expect(await stored()).toMatchObject({
      clientId: { S: 'the client id' },
      brandLogo: { S: `data:image/png;base64,${PNG.toString('base64')}` },
    })
  })

  test('only tells what is set when it is asked nothing else', async () => {
    const { run, told, stored } = await aDeployment()
    const before = await stored()
    await run()
    expect(await stored()).toEqual(before)
    expect(told.slice(0, 3)).toEqual([
      'name:   not set; pages say dynamics-connect',
      'logo:   not set',
      'colour: not set; buttons are blue',
    ])
  })

  test('forgets the brand and nothing else', async () => {
    const { run, stored } = await aDeployment()
    await run({ name: 'Fabrikam', colour: '#0b57a4' })
    await run({ reset: true })
    expect(await stored()).toEqual({ ...SETTINGS, clientId: { S: 'the client id' } })
  })

  test.each([
    [{ name: 'x'.repeat(61) }, /^name: write at most 60 characters on one line$/],
    [{ name: 'Fabrikam', colour: 'blue' }, /^colour: write # and six hexadecimal digits/],
    [{ name: 'Fabrikam', logo: 'logo.gif' }, /^logo: use a PNG or SVG file$/],
    [{ logo: 'large.png' }, /^logo: use a picture of at most 24 KB$/],
    [{ name: ' ' }, /^--name is empty: leave it out, or write --reset to begin anew$/],
    [{ name: 'Fabrikam', reset: true }, /^write either --reset or what to set$/],
  ])('refuses %j, and changes nothing', async (wishes, message) => {
    const large = Buffer.concat([PNG, Buffer.alloc(25_000)])
    const files = { 'logo.gif': Buffer.from('GIF89a'), 'large.png': large }
    const { run, stored } = await aDeployment(files)
    const before = await stored()
    await expect(run(wishes)).rejects.toThrow(message)
    expect(await stored()).toEqual(before)
  })
})

describe('a logo file', () => {
  test.each([
    '<svg />',
    '\uFEFF<svg></svg>',
    '<!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY c "d">]>\n<svg>',
    '<!-- one --> <!-- two -->\n<SVG>',
  ])('is SVG when it begins as %j', (text) => {
    expect(logoOf(Buffer.from(text))).toMatch(/^data:image\/svg\+xml;base64,/)
  })

  test.each(['', '<html><svg>', '<svgx>', '<!-- none -->', 'PNG'])(
    'is refused when it is %j',
    (text) => {
      expect(() => logoOf(Buffer.from(text))).toThrow('use a PNG or SVG file')
    },
  )
})

describe('a local run', () => {
  test('has a look, and keeps one that it was given', async () => {
    const { run, shown } = await aDeployment()
    await seedBrand(dynamodb.client, LOCAL_BRAND)
    expect(await shown()).toEqual(LOCAL_BRAND)
    await run({ name: 'Contoso' })
    await seedBrand(dynamodb.client, LOCAL_BRAND)
    expect(await shown()).toMatchObject({ name: 'Contoso' })
  })
})

test('npm run brand says how to mend what it cannot do', async () => {
  const outputs = join(temporaryFolder('outputs'), 'outputs.json')
  await writeFile(outputs, '{}')
  const args = ['infra/brand.ts', '--outputs', outputs, '--name', 'Fabrikam']
  const failed = promisify(execFile)(process.execPath, args)
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^brand: .* lacks ApiUrl, .*: run "npx cdk deploy/),
  })
})
