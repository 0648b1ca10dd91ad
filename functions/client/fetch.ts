/** A request as it is given to {@link Fetch}: what the runtime's own `fetch` takes. */
export interface FetchRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

/** What the client reads of an answer: what a `Response` has. */
export interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** The runtime's `fetch`, or something that can be called in its place. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchAnswer>
