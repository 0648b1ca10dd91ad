import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaksIn } from '../support/canaries.ts'
import { type Journey, travel } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await travel()
})
afterAll(() => journey.close())

async function filesOf(folder: string): Promise<string> {
  const names = await readdir(folder)
  const texts = names.map((name) => readFile(join(folder, name), 'latin1'))
  return (await Promise.all(texts)).join('\n')
}

const places: Readonly<Record<string, () => string | Promise<string>>> = {
  'what the functions wrote at DEBUG': () => journey.output,
  'answers, headers and redirects to others than the receiver': () => journey.sent.join('\n'),
  'items of the connections table': () => journey.dumps.connections,
  'items of the sign-ins table': () => journey.dumps.signIns,
  'the files of the database': () => filesOf(join(journey.stateDir, 'dynamodb')),
}

describe('a whole journey in a process of its own', () => {
  test('passed every secret that there is', () => {
    const kinds = new Set(journey.canaries.all.map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual([
      'API client secret',
      'access token',
      'bearer token',
      'client_secret',
      'code',
      'code_verifier',
      'cookie',
      'id_token signature',
      'key of access-token-keyring',
      'key of refresh-token-keyring',
      'nonce',
      'refresh token',
      'refresh_token',
      'sign-in token',
      'signing key',
      'state',
    ])
    expect(journey.outcomes).toEqual([
      'connected',
      'token served',
      'refreshed',
      'swept',
      'denied by the user',
      'another browser',
      'forged state',
      'microsoft_unavailable',
      'environment_firewall',
      'environment_unavailable',
      'AADSTS54005',
      'temporarily_unavailable 429',
      'temporarily_unavailable 503',
      'temporarily_unavailable HTML',
      'temporarily_unavailable 53003',
      'reauthorization_required',
      'app_credential_rejected',
    ])
  })

  test.each(Object.keys(places))('left no piece of a secret in %s', async (place) => {
    const text = (await places[place]?.()) ?? ''
    expect(text.length).toBeGreaterThan(0)
    expect(leaksIn(text, journey.canaries.all)).toEqual([])
  })

  test.each(Object.keys(places))('left a planted secret to be found in %s', async (place) => {
    const text = (await places[place]?.()) ?? ''
    expect(leaksIn(text, journey.planted.all)).not.toEqual([])
  })
})

describe('the search', () => {
  const secret = '~aB3+/dEf&Gh"Ij%kLmNoPqRsTuVwXyZ0123456789_-'

  test.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ secret }).toString()],
    ['JSON-escaped', JSON.stringify({ secret })],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64 after one character', Buffer.from(`x${secret}`).toString('base64')],
    ['base64url after two characters', Buffer.from(`xy${secret}`).toString('base64url')],
    ['hex', Buffer.from(secret).toString('hex')],
    ['upper-case hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['a piece of 16 characters', `…${secret.slice(20, 36)}…`],
  ])('finds a secret %s', (_how, written) => {
    const text = `${'noise '.repeat(1000)}${written}${' noise'.repeat(1000)}`
    expect(leaksIn(text, [{ kind: 'secret', value: secret }])).toHaveLength(1)
  })

  test('finds nothing in a text that only resembles it', () => {
    const text = secret.match(/.{1,15}/g)?.join(' ') ?? ''
    expect(leaksIn(text, [{ kind: 'secret', value: secret }])).toEqual([])
  })
})
