import { expect } from 'vitest'
import type {
  Browser,
  Popup,
  WindowMessage,
} from '../../../../functions/authorize/browser/browser.ts'

export const VENDOR = 'https://vendor.example'
export const SERVICE = 'https://connect.example'

/** A popup that notes where it is sent. */
export interface FakePopup extends Popup {
  closed: boolean
  readonly visited: string[]
}

/** A vendor's window, whose timers and messages come when the test says so. */
export interface FakeBrowser extends Browser {
  /** What was passed to `open`, call by call. */
  readonly opened: readonly (readonly [url: string, name: string, features: string])[]
  /** The windows that are or were open. */
  readonly popups: readonly FakePopup[]
  readonly assigned: readonly string[]
  /** Listeners and timers that are still at work. */
  readonly atWork: () => number
  /** One run of every timer. */
  tick(): void
  /** The service's page in the latest popup posts this; some of it bent. */
  post(data: Readonly<Record<string, unknown>>, bent?: Partial<WindowMessage>): void
  /** The page comes out of the back-forward cache, or is loaded afresh. */
  show(persisted: boolean): void
}

/** A browser that opens popups, or blocks them by giving none or one that is closed. */
export function fakeBrowser(
  options: { readonly popups?: 'open' | 'none' | 'closed'; readonly href?: string } = {},
): FakeBrowser {
  const { popups: kind = 'open', href = `${VENDOR}/settings?tab=2#crm` } = options
  const opened: [string, string, string][] = []
  const popups = new Map<string, FakePopup>()
  const all: FakePopup[] = []
  const assigned: string[] = []
  const onMessage = new Set<(event: WindowMessage) => void>()
  const onShow = new Set<(event: { persisted: boolean }) => void>()
  const timers = new Map<number, () => void>()
  /** As `window.open` does: a window of that name that is still open is found again. */
  const open: Browser['open'] = (url, name, features) => {
    opened.push([url, name, features])
    if (kind === 'none') return null
    const known = popups.get(name)
    if (known && !known.closed) return known
    const popup = fakePopup(kind === 'closed')
    popups.set(name, popup)
    all.push(popup)
    return popup
  }
  return {
    location: { href, origin: new URL(href).origin, assign: (url) => assigned.push(url) },
    screenX: 100,
    screenY: 50,
    outerWidth: 1520,
    outerHeight: 1020,
    open,
    addEventListener: (type: string, listener: never) => {
      if (type === 'message') onMessage.add(listener)
      else if (type === 'pageshow') onShow.add(listener)
      else expect.unreachable(`nothing should listen for ${type}`)
    },
    removeEventListener: (_type, listener) => onMessage.delete(listener),
    setInterval: (callback) => {
      const id = timers.size + 1
      timers.set(id, callback)
      return id
    },
    clearInterval: (id) => timers.delete(id),
    opened,
    popups: all,
    assigned,
    atWork: () => onMessage.size + timers.size,
    tick: () => {
      for (const callback of [...timers.values()]) callback()
    },
    post: (data, bent = {}) => {
      const message = { origin: SERVICE, source: all.at(-1), data: toldBy(data), ...bent }
      for (const listener of [...onMessage]) listener(message)
    },
    show: (persisted) => {
      for (const listener of onShow) listener({ persisted })
    },
  }
}

function toldBy(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { source: 'dynamics-connect', connectionId: 7, ...data }
}

function fakePopup(closed: boolean): FakePopup {
  const visited: string[] = []
  return {
    closed,
    visited,
    location: { replace: (url) => visited.push(url) },
    focus: () => {},
    close() {
      this.closed = true
    },
  }
}
