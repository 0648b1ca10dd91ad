import { describe, expect, test } from 'vitest'
import type { ConnectResult } from '../../../../functions/authorize/browser/connect-result.ts'
import { dynamicsConnect } from '../../../../functions/authorize/browser/dynamics-connect.ts'
import { type FakeBrowser, fakeBrowser, SERVICE, VENDOR } from './fake-browser.ts'

const PATH = '/connectorauth/updateaccountconnectoroauth'
const TOKEN = 'canary-token'
const LINK = linkTo(7)

function linkTo(id: number | string, origin = SERVICE): string {
  return `${origin}${PATH}?id=${id}&token=${TOKEN}&targetOrigin=${encodeURIComponent(VENDOR)}`
}

/** Lets every promise that can go on do so. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A backend that answers when the test says so. */
function slowBackend() {
  let answer: (link: string) => void = () => expect.unreachable('nobody asked for a link')
  let refuse: (error: Error) => void = () => expect.unreachable('nobody asked for a link')
  const askForLink = () =>
    new Promise<string>((resolve, reject) => {
      answer = resolve
      refuse = reject
    })
  return {
    askForLink,
    answer: async (link: string) => {
      answer(link)
      await settled()
    },
    refuse: async (error: Error) => {
      refuse(error)
      await settled()
    },
  }
}

/** The person clicks, and the popup is at the link. */
async function atSignIn(browser: FakeBrowser, link = LINK) {
  const result = dynamicsConnect(browser).connect(link)
  await settled()
  return { result, popup: browser.popups.at(-1) }
}

/** The popup is seen closed, and once more for a message that was under way. */
function seeItClosed(browser: FakeBrowser): void {
  browser.tick()
  browser.tick()
}

/** Whether a promise has an outcome by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  promise.then(
    () => (done = true),
    () => (done = true),
  )
  await settled()
  return done
}

describe('the popup', () => {
  test('opens within the click, empty, before the link is known', async () => {
    const browser = fakeBrowser()
    const { askForLink, answer } = slowBackend()
    void dynamicsConnect(browser).connect(askForLink)
    expect(browser.opened).toHaveLength(1)
    expect(browser.opened[0]?.[0]).toBe('')
    expect(browser.popups[0]?.visited).toEqual([])
    await answer(LINK)
    expect(browser.popups[0]?.visited).toHaveLength(1)
  })

  test('is in the middle of the window', () => {
    const browser = fakeBrowser()
    void dynamicsConnect(browser).connect(LINK)
    expect(browser.opened[0]?.[2]).toBe('popup=yes,width=520,height=720,left=600,top=200')
  })

  test('goes to the link, which asks for a message to this origin', async () => {
    const browser = fakeBrowser()
    const link = `${LINK}&responseMode=query&callbackMessage=done`
    void dynamicsConnect(browser).connect(link, { language: 'de' })
    await settled()
    const url = new URL(browser.popups[0]?.visited[0] ?? '')
    expect(`${url.origin}${url.pathname}`).toBe(`${SERVICE}${PATH}`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      id: '7',
      token: TOKEN,
      targetOrigin: VENDOR,
      responseMode: 'message',
      lang: 'de',
    })
    expect([...url.searchParams]).toHaveLength(5)
  })

  test('is one, also after a double click, and both clicks learn the result', async () => {
    const browser = fakeBrowser()
    const { connect } = dynamicsConnect(browser)
    const [one, two] = [slowBackend(), slowBackend()]
    const results = [connect(one.askForLink), connect(two.askForLink)]
    await two.answer(LINK)
    await one.answer(linkTo(7))
    expect(browser.popups).toHaveLength(1)
    expect(browser.popups[0]?.visited).toHaveLength(1)
    browser.post({ status: 'connected' })
    const connected = { connectionId: 7, status: 'connected' }
    expect(await Promise.all(results)).toEqual([connected, connected])
  })

  test('goes to the connection that was clicked last; the earlier one hears of its own only', async () => {
    const browser = fakeBrowser()
    const { connect } = dynamicsConnect(browser)
    const earlier = connect(linkTo(7))
    await settled()
    const later = connect(linkTo(8))
    await settled()
    browser.post({ connectionId: 8, status: 'connected' })
    expect(await later).toEqual({ connectionId: 8, status: 'connected' })
    expect(browser.popups[0]?.closed).toBe(true)
    seeItClosed(browser)
    expect(await earlier).toEqual({ connectionId: 7, status: 'closed' })
  })

  test('stays for the later click when the earlier one fails', async () => {
    const browser = fakeBrowser()
    const { connect } = dynamicsConnect(browser)
    const { askForLink, refuse } = slowBackend()
    const earlier = connect(askForLink)
    void connect(LINK)
    await settled()
    await Promise.all([
      expect(earlier).rejects.toThrow('no link today'),
      refuse(new Error('no link today')),
    ])
    expect(browser.popups[0]?.closed).toBe(false)
  })
})

describe('a popup that is blocked', () => {
  test.each(['none', 'closed'] as const)(
    'is told by name, before the backend is asked (window: %s)',
    async (popups) => {
      const browser = fakeBrowser({ popups })
      const askForLink = () => expect.unreachable('the backend was asked')
      await expect(dynamicsConnect(browser).connect(askForLink)).rejects.toMatchObject({
        name: 'PopupBlockedError',
      })
      expect(browser.assigned).toEqual([])
    },
  )

  test('makes way for a redirect where the vendor chose that', async () => {
    const browser = fakeBrowser({ popups: 'none' })
    const result = dynamicsConnect(browser).connect(async () => LINK, { fallback: 'redirect' })
    expect(await isSettled(result)).toBe(false)
    expect(browser.assigned).toHaveLength(1)
  })
})

describe('the result', () => {
  test.each<[string, Record<string, unknown>, ConnectResult]>([
    ['connected', { status: 'connected' }, { connectionId: 7, status: 'connected' }],
    [
      'to be confirmed',
      { status: 'confirmation_required', completionId: 'c1' },
      { connectionId: 7, status: 'confirmation_required', completionId: 'c1' },
    ],
  ])('%s closes the popup and stops listening', async (_, message, expected) => {
    const browser = fakeBrowser()
    const { result, popup } = await atSignIn(browser)
    browser.post(message)
    expect(await result).toEqual(expected)
    expect(popup?.closed).toBe(true)
    expect(browser.atWork()).toBe(0)
  })

  test('failed leaves the popup open, where the person may mend it', async () => {
    const browser = fakeBrowser()
    const { result, popup } = await atSignIn(browser)
    browser.post({ status: 'failed', code: 'consent_required' })
    browser.tick()
    expect(await isSettled(result)).toBe(false)
    expect(popup?.closed).toBe(false)
    browser.post({ status: 'connected' })
    expect(await result).toEqual({ connectionId: 7, status: 'connected' })
  })

  test('is the last failure when the popup is closed after it', async () => {
    const browser = fakeBrowser()
    const { result, popup } = await atSignIn(browser)
    browser.post({ status: 'failed', code: 'consent_required' })
    browser.post({ status: 'failed', code: 'wrong_tenant' })
    popup?.close()
    seeItClosed(browser)
    expect(await result).toEqual({ connectionId: 7, status: 'failed', code: 'wrong_tenant' })
    expect(browser.atWork()).toBe(0)
  })

  test('is closed when the popup is closed before any end', async () => {
    const browser = fakeBrowser()
    const { result, popup } = await atSignIn(browser)
    popup?.close()
    seeItClosed(browser)
    expect(await result).toEqual({ connectionId: 7, status: 'closed' })
    expect(browser.atWork()).toBe(0)
  })

  test('is closed when the popup was closed while the backend made the link', async () => {
    const browser = fakeBrowser()
    const { askForLink, answer } = slowBackend()
    const result = dynamicsConnect(browser).connect(askForLink)
    browser.popups[0]?.close()
    await answer(LINK)
    seeItClosed(browser)
    expect(await result).toEqual({ connectionId: 7, status: 'closed' })
    expect(browser.popups[0]?.visited).toEqual([])
  })

  test('may arrive just after the popup is gone, from a window that is no more', async () => {
    const browser = fakeBrowser()
    const { result, popup } = await atSignIn(browser)
    popup?.close()
    browser.tick()
    browser.post({ status: 'connected' }, { source: null })
    expect(await result).toEqual({ connectionId: 7, status: 'connected' })
  })

  test('comes once', async () => {
    const browser = fakeBrowser()
    const { result } = await atSignIn(browser)
    browser.post({ status: 'connected' })
    browser.post({ status: 'confirmation_required', completionId: 'late' })
    seeItClosed(browser)
    expect(await result).toEqual({ connectionId: 7, status: 'connected' })
  })
})

describe('a message is ignored', () => {
  test.each([
    ['from another origin', {}, { origin: 'https://evil.example' }],
    ['from the service under http', {}, { origin: 'http://connect.example' }],
    ['from another port of the service', {}, { origin: `${SERVICE}:8443` }],
    ['from another window', {}, { source: { name: 'another' } }],
    ['about another connection', { connectionId: 8 }, {}],
    ['about its connection as a text', { connectionId: '7' }, {}],
    ['of another sender', { source: 'another' }, {}],
    ['with an unknown status', { status: 'closed' }, {}],
    ['that is a text', {}, { data: 'connected' }],
    ['that is null', {}, { data: null }],
  ])('%s', async (_, data, bent) => {
    const browser = fakeBrowser()
    const { result, popup } = await atSignIn(browser)
    browser.post({ status: 'connected', ...data }, bent)
    expect(await isSettled(result)).toBe(false)
    expect(popup?.closed).toBe(false)
  })
})

describe('aborting', () => {
  test('closes the popup, rejects and stops listening', async () => {
    const browser = fakeBrowser()
    const controller = new AbortController()
    const result = dynamicsConnect(browser).connect(LINK, { signal: controller.signal })
    await settled()
    controller.abort()
    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    expect(browser.popups[0]?.closed).toBe(true)
    seeItClosed(browser)
    expect(browser.atWork()).toBe(0)
  })

  test('while the backend makes the link means that it is not opened', async () => {
    const browser = fakeBrowser()
    const controller = new AbortController()
    const { askForLink, answer } = slowBackend()
    const result = dynamicsConnect(browser).connect(askForLink, { signal: controller.signal })
    controller.abort()
    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    await answer(LINK)
    expect(browser.popups[0]).toMatchObject({ closed: true, visited: [] })
  })

  test('as early as in asking the backend counts', async () => {
    const browser = fakeBrowser()
    const controller = new AbortController()
    const askForLink = async () => {
      controller.abort()
      return LINK
    }
    const result = dynamicsConnect(browser).connect(askForLink, { signal: controller.signal })
    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    expect(browser.popups[0]).toMatchObject({ closed: true })
  })

  test('beforehand opens nothing', async () => {
    const browser = fakeBrowser()
    const { connect } = dynamicsConnect(browser)
    await expect(connect(LINK, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(browser.opened).toEqual([])
  })

  test('while the link is made keeps a redirect from leaving the page', async () => {
    const browser = fakeBrowser()
    const controller = new AbortController()
    const { askForLink, answer } = slowBackend()
    const options = { mode: 'redirect', signal: controller.signal } as const
    const result = dynamicsConnect(browser).connect(askForLink, options)
    controller.abort()
    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    await answer(LINK)
    expect(browser.assigned).toEqual([])
  })
})

describe('a redirect', () => {
  test.each([
    ['this page, without an earlier result', undefined, `${VENDOR}/settings?tab=2`],
    ['the URL that was asked for', 'https://other.example/done', 'https://other.example/done'],
    ['a path of this origin', '/done?a=1', `${VENDOR}/done?a=1`],
  ])('comes back to %s', async (_, returnUrl, expected) => {
    const href = `${VENDOR}/settings?tab=2&connectionId=6&status=failed&completionId=old#crm`
    const browser = fakeBrowser({ href })
    const options = {
      mode: 'redirect',
      language: 'fr',
      ...(returnUrl ? { returnUrl } : {}),
    } as const
    void dynamicsConnect(browser).connect(`${LINK}&responseMode=message&callbackMessage=x`, options)
    await settled()
    expect(browser.opened).toEqual([])
    const [url, ...others] = browser.assigned.map((each) => new URL(each))
    expect(others).toEqual([])
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({
      id: '7',
      token: TOKEN,
      targetOrigin: expected,
      lang: 'fr',
    })
  })

  test('has no result on the page that it leaves', async () => {
    const browser = fakeBrowser()
    const result = dynamicsConnect(browser).connect(LINK, { mode: 'redirect' })
    await settled()
    browser.show(false)
    expect(await isSettled(result)).toBe(false)
  })

  test('is closed when the Back button brings that page again', async () => {
    const browser = fakeBrowser()
    const result = dynamicsConnect(browser).connect(LINK, { mode: 'redirect' })
    await settled()
    browser.show(true)
    expect(await result).toEqual({ connectionId: 7, status: 'closed' })
  })
})

describe('the result in a URL', () => {
  test.each<[string, ConnectResult | undefined]>([
    ['/?connectionId=7&status=connected', { connectionId: 7, status: 'connected' }],
    ['/?a=1&connectionId=7&status=failed', { connectionId: 7, status: 'failed' }],
    [
      '/?connectionId=7&status=confirmation_required&completionId=c1',
      { connectionId: 7, status: 'confirmation_required', completionId: 'c1' },
    ],
    ['/?connectionId=7&status=closed', undefined],
    ['/?connectionId=7', undefined],
    ['/?status=connected', undefined],
    ['/?connectionId=x&status=connected', undefined],
    ['/?connectionId=&status=connected', undefined],
    ['/', undefined],
  ])('%s', (path, expected) => {
    const href = `${VENDOR}${path}`
    expect(dynamicsConnect(fakeBrowser({ href })).resultFrom()).toEqual(expected)
    expect(dynamicsConnect(fakeBrowser()).resultFrom(href)).toEqual(expected)
    expect(dynamicsConnect(fakeBrowser()).resultFrom(path)).toEqual(expected)
  })
})

describe('a link', () => {
  test.each([
    ['an http one', linkTo(7, 'http://connect.example')],
    ['a script', `javascript:alert(1)//?id=7&token=${TOKEN}`],
    ['a path', `${PATH}?id=7&token=${TOKEN}`],
    ['one without a connection', linkTo('')],
    ['one with a connection that is none', linkTo('seven')],
    ['a host that looks like this machine', linkTo(7, 'http://localhost.evil.example')],
    ['an empty text', ''],
  ])('that is %s is refused without repeating it, and nothing stays open', async (_, link) => {
    const browser = fakeBrowser()
    const { connect } = dynamicsConnect(browser)
    const errors = [
      await connect(link).catch((error: unknown) => error),
      await connect(link, { mode: 'redirect' }).catch((error: unknown) => error),
    ]
    expect(browser.opened).toEqual([])
    errors.push(await connect(async () => link).catch((error: unknown) => error))
    expect(errors).toHaveLength(3)
    for (const error of errors) {
      expect(error).toMatchObject({ name: 'InvalidLinkError' })
      expect(String(error)).not.toContain(TOKEN)
    }
    expect(browser.popups.map(({ closed, visited }) => [closed, visited])).toEqual([[true, []]])
    expect(browser.assigned).toEqual([])
  })

  test('may be http on this machine', async () => {
    const origins = ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']
    const browsers = origins.map((origin) => {
      const browser = fakeBrowser()
      void dynamicsConnect(browser).connect(linkTo(7, origin))
      return browser
    })
    await settled()
    expect(browsers.map(({ popups }) => new URL(popups[0]?.visited[0] ?? '').origin)).toEqual(
      origins,
    )
  })

  test('that the backend refuses closes the popup and passes the error on', async () => {
    const browser = fakeBrowser()
    const refused = new Error('not signed in')
    const failing = [
      () => Promise.reject(refused),
      () => {
        throw refused
      },
    ]
    for (const askForLink of failing) {
      await expect(dynamicsConnect(browser).connect(askForLink)).rejects.toBe(refused)
    }
    expect(browser.popups.map(({ closed }) => closed)).toEqual([true, true])
  })
})
