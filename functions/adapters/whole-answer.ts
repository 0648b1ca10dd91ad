/**
 * Headers by their names in any case: as much of the standard's as is used here. To touch the global
 * `Headers`, `Response` or `fetch` loads all of undici, which takes as long as Node itself takes to start.
 */
export class PlainHeaders {
  readonly #values = new Map<string, string>()

  constructor(values: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(values)) this.set(name, value)
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value)
  }

  append(name: string, value: string): void {
    const before = this.get(name)
    this.set(name, before === null ? value : `${before}, ${value}`)
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries()
  }
}

/** An answer that has been read whole: as much of the standard's `Response` as is used here. */
export class WholeAnswer {
  readonly bodyUsed = false
  readonly status: number
  readonly headers: PlainHeaders
  readonly #content: string

  constructor(content: string, { status, headers }: Pick<WholeAnswer, 'status' | 'headers'>) {
    this.#content = content
    this.status = status
    this.headers = headers
  }

  /** By which a library knows an answer of a class that is not its own. */
  get [Symbol.toStringTag](): string {
    return 'Response'
  }

  async text(): Promise<string> {
    return this.#content
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.#content)
  }

  clone(): WholeAnswer {
    return new WholeAnswer(this.#content, this)
  }
}
