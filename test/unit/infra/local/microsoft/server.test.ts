import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TENANTS } from '../../../../../infra/local/microsoft/directory.ts'
import { startMicrosoftStandIn } from '../../../../../infra/local/microsoft/server.ts'
import { CLIENT_ID, CLIENT_SECRET, claimsOf, scenario, temporaryFile } from './scenario.ts'

const CONTOSO = TENANTS.contoso.id

/** Sends bytes as they are, which fetch would not. */
async function raw(url: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(request)
  return text(socket)
}

describe('the metadata', () => {
  test('of a tenant has its concrete issuer', async () => {
    const { standIn } = await scenario()
    const url = `${standIn.url}/${CONTOSO}/v2.0/.well-known/openid-configuration`
    expect(await (await fetch(url)).json()).toMatchObject({
      issuer: `${standIn.url}/${CONTOSO}/v2.0`,
      authorization_endpoint: `${standIn.url}/${CONTOSO}/oauth2/v2.0/authorize`,
      token_endpoint: `${standIn.url}/${CONTOSO}/oauth2/v2.0/token`,
      jwks_uri: `${standIn.url}/${CONTOSO}/discovery/v2.0/keys`,
    })
  })

  test('of organizations has a template for an issuer', async () => {
    const { standIn } = await scenario()
    const url = `${standIn.url}/organizations/v2.0/.well-known/openid-configuration`
    const issuer = `${standIn.url}/{tenantid}/v2.0`
    expect(await (await fetch(url)).json()).toMatchObject({ issuer })
  })

  test.each(['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys'])(
    'of an unknown tenant is refused at %s',
    async (path) => {
      const { standIn } = await scenario()
      const response = await fetch(`${standIn.url}/nobody/${path}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
    },
  )
})

describe('the signing key', () => {
  test('stays the same across a restart when it has a file', async () => {
    const signingKeyFile = temporaryFile('folder/key.pem')
    const keyId = async () => {
      const { tokens } = await scenario({ signingKeyFile })
      const [header = ''] = (await tokens()).id_token.split('.')
      return JSON.parse(Buffer.from(header, 'base64url').toString()).kid
    }
    expect(await keyId()).toBe(await keyId())
  })

  test('is another one at every start without a file', async () => {
    const keyOf = async () => {
      const standIn = await startMicrosoftStandIn({
        port: 0,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        redirectUris: [],
      })
      onTestFinished(() => standIn.close())
      return (await fetch(`${standIn.url}/${CONTOSO}/discovery/v2.0/keys`)).text()
    }
    expect(await keyOf()).not.toContain(JSON.parse(await keyOf()).keys[0].kid)
  })
})

describe('the server', () => {
  test('says on its first page what it is', async () => {
    const { standIn } = await scenario()
    const html = await (await fetch(standIn.url)).text()
    expect(html).toContain('Local stand-in for Microsoft')
    expect(html).toContain('https://example.crm.dynamics.com')
    expect(html).toContain('/admin/faults')
  })

  test('tells what it was asked', async () => {
    const { admin, tokens } = await scenario()
    await tokens()
    const asked = {
      method: 'POST',
      path: `/${CONTOSO}/oauth2/v2.0/token`,
      grantType: 'authorization_code',
    }
    const answer = await (await admin('GET', 'requests')).json()
    expect(answer).toMatchObject({ requests: expect.arrayContaining([asked]) })
    expect((await admin('DELETE', 'requests')).status).toBe(405)
  })

  test('records requests without their secrets', async () => {
    const { tokens, standIn } = await scenario()
    const { refresh_token } = await tokens()
    const path = `/${CONTOSO}/oauth2/v2.0/token`
    expect(standIn.requests).toContainEqual({
      method: 'POST',
      path,
      grantType: 'authorization_code',
    })
    expect(JSON.stringify(standIn.requests)).not.toContain(refresh_token)
    expect(JSON.stringify(standIn.requests)).not.toContain('state-1')
  })

  test('dates its answers by the injected clock', async () => {
    const { standIn, advance } = await scenario()
    advance(1000)
    const response = await fetch(standIn.url)
    expect(response.headers.get('date')).toBe('Thu, 13 Aug 2026 10:20:31 GMT')
  })

  test.each([
    ['GET', '/nothing', 404],
    ['GET', `/${CONTOSO}/oauth2/v2.0/token`, 405],
    ['POST', '/', 405],
    ['DELETE', '/admin/settings', 405],
    ['GET', '/admin/settings', 200],
    ['HEAD', '/', 200],
    ['POST', '/dataverse/example.crm.dynamics.com/api/data/v9.2/accounts', 405],
    ['GET', '/dataverse', 404],
    ['GET', '/toString/toString', 404],
    ['GET', `/${CONTOSO}/constructor`, 404],
    ['GET', '/%E0%A4%A', 400],
  ])('answers %s %s with %i', async (method, path, status) => {
    const { standIn } = await scenario()
    expect((await fetch(`${standIn.url}${path}`, { method })).status).toBe(status)
  })

  test.each([
    [
      'an absolute target',
      'GET http://evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '400',
    ],
    ['two slashes', 'GET //evil.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
    ['what is not HTTP', 'hello\r\n\r\n', '400'],
  ])('survives %s', async (_what, request, status) => {
    const { standIn } = await scenario()
    expect(await raw(standIn.url, request)).toContain(`HTTP/1.1 ${status}`)
    expect((await fetch(standIn.url)).status).toBe(200)
  })

  test('survives a client that leaves in the middle of its body', async () => {
    const { standIn } = await scenario()
    const socket = connect(Number(new URL(standIn.url).port), '127.0.0.1')
    const head = 'PUT /admin/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n'
    await new Promise((resolve) => socket.write(`${head}{"endpoint"`, resolve))
    socket.resetAndDestroy()
    expect((await fetch(standIn.url)).status).toBe(200)
    expect(await (await fetch(`${standIn.url}/admin/faults`)).json()).toEqual({ faults: [] })
  })

  test('refuses a body that is far too long', async () => {
    const { standIn } = await scenario()
    const url = `${standIn.url}/${CONTOSO}/oauth2/v2.0/token`
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(300_000) })
    expect(response.status).toBe(413)
  })

  test('refuses a Basic header that is no base64 of a pair', async () => {
    const { standIn } = await scenario()
    const response = await fetch(`${standIn.url}/${CONTOSO}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { authorization: 'Basic %%%' },
      body: new URLSearchParams({ grant_type: 'refresh_token' }),
    })
    expect(response.status).toBe(400)
  })

  test('skips what is broken in its state file', async () => {
    const stateFile = temporaryFile('state.jsonl')
    writeFileSync(stateFile, 'null\n{"kind":"issued"}\n{"kind":"consent","key":"a/b"}\n{"kind":"us')
    const { tokens } = await scenario({ stateFile })
    expect(claimsOf((await tokens()).id_token).tid).toBe(CONTOSO)
  })
})
