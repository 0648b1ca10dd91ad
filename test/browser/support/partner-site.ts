import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** The vendor's own product, on an origin of its own. */
export interface PartnerSite {
  /** `http://localhost:…`: another origin than the service, of the same site. */
  readonly origin: string
  /** The same pages at `http://127.0.0.1:…`: another site altogether. */
  readonly otherSite: string
  close(): Promise<void>
}

/** How a page of the vendor's leads to the sign-in. */
type Way = 'link' | 'window' | 'frame'

/** Plays the vendor's page: a link, a button that opens a window, or a frame; and it lists every message. */
export async function startPartnerSite(): Promise<PartnerSite> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    origin: `http://localhost:${port}`,
    otherSite: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The address of the vendor's page that leads to the sign-in in this way. */
export function partnerPage(origin: string, way: Way, url: string): string {
  return `${origin}/?${new URLSearchParams({ way, url })}`
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/favicon.ico') {
    response.writeHead(204).end()
    return
  }
  const way = searchParams.get('way') ?? ''
  const url = escaped(searchParams.get('url') ?? '')
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(document(way, url))
}

function document(way: string, url: string): string {
  const ways: Readonly<Record<string, string>> = {
    link: `<a id="connect" href="${url}">Connect Dynamics 365</a>`,
    window: `<button id="connect" data-url="${url}">Connect Dynamics 365</button>`,
    frame: `<iframe title="Connect Dynamics 365" width="600" height="500" src="${url}"></iframe>`,
  }
  return `<!doctype html>
<html lang="en">
<title>The vendor's product</title>
<h1>The vendor's product</h1>
${ways[way] ?? ''}
<ul id="messages"></ul>
<script>
addEventListener('message', ({ origin, data }) => {
  const item = document.createElement('li')
  item.textContent = JSON.stringify({ origin, data })
  document.getElementById('messages').append(item)
})
document.querySelector('button')?.addEventListener('click', ({ target }) => {
  open(target.dataset.url, 'connect', 'width=600,height=700')
})
</script>
</html>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
