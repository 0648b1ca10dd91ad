/** A window that was opened for the sign-in. */
export interface Popup {
  readonly closed: boolean
  readonly location: { replace(url: string): void }
  focus(): void
  close(): void
}

/** A message from another window. */
export interface WindowMessage {
  readonly origin: string
  /** `null` when that window is gone already. */
  readonly source: unknown
  readonly data: unknown
}

/** What the script needs of `window`. */
export interface Browser {
  readonly location: {
    readonly href: string
    readonly origin: string
    assign(url: string): void
  }
  readonly screenX: number
  readonly screenY: number
  readonly outerWidth: number
  readonly outerHeight: number
  /** @returns `null` when the browser blocks it. */
  open(url: string, name: string, features: string): Popup | null
  addEventListener(type: 'message', listener: (event: WindowMessage) => void): void
  addEventListener(type: 'pageshow', listener: (event: { persisted: boolean }) => void): void
  removeEventListener(type: 'message', listener: (event: WindowMessage) => void): void
  setInterval(callback: () => void, milliseconds: number): number
  clearInterval(interval: number): void
}
