/** The ends that the service tells; `failed` is one that the person may still mend. */
const TOLD = ['connected', 'failed', 'confirmation_required'] as const

/** How a sign-in ended. */
export interface ConnectResult {
  readonly connectionId: number
  /** `closed`: the popup is gone and told nothing. */
  readonly status: (typeof TOLD)[number] | 'closed'
  /** Why it failed. */
  readonly code?: string
  /** What the vendor's backend confirms the connection with. */
  readonly completionId?: string
}

/** The result in the URL that a redirect came back to. */
export function resultFromUrl(url: URL): ConnectResult | undefined {
  const query = url.searchParams
  return resultOf({
    connectionId: connectionIdOf(query.get('connectionId')),
    status: query.get('status'),
    completionId: query.get('completionId'),
  })
}

/** The result in a message of the service's pages; `undefined` for any other message. */
export function resultFromMessage(data: unknown): ConnectResult | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const message = data as Readonly<Record<string, unknown>>
  return message.source === 'dynamics-connect' ? resultOf(message) : undefined
}

/** A connection id as it stands in a URL. */
export function connectionIdOf(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined
}

function resultOf(told: Readonly<Record<string, unknown>>): ConnectResult | undefined {
  const { connectionId, code, completionId } = told
  const status = TOLD.find((known) => known === told.status)
  if (typeof connectionId !== 'number' || status === undefined) return undefined
  return {
    connectionId,
    status,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof completionId === 'string' ? { completionId } : {}),
  }
}
