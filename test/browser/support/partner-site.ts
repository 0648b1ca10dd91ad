import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** The vendor's own product, on an origin of its own. */
export interface PartnerSite {
  /** `http://localhost:…`: another origin than the service, of the same site. */
  readonly origin: string
  /** The same pages at `http://127.0.0.1:…`: another site altogether. */
  readonly otherSite: string
  /** The same once more, at an origin that the service was not told of. */
  readonly strangerOrigin: string
  close(): Promise<void>
}

/** How a page of the vendor's leads to the sign-in. */
type Way = 'link' | 'window' | 'frame'

/**
 * Plays the vendor's page: a link, a button that opens a window, a frame, or a button of connect.js; and it lists every message.
 */
export async function startPartnerSite(): Promise<PartnerSite> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    origin: `http://localhost:${port}`,
    otherSite: `http://127.0.0.1:${port}`,
    strangerOrigin: `http://stranger.localhost:${port}`,
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

/** Options of connect.js; without a click where the page is to call it by itself. */
type ScriptOptions = Readonly<Record<string, string | boolean>> & { readonly isPressed?: boolean }

/** The address of the vendor's page with the button of connect.js. */
export function scriptPage(origin: string, url: string, options: ScriptOptions = {}): string {
  const query = { way: 'script', url, options: JSON.stringify(options) }
  return `${origin}/?${new URLSearchParams(query)}`
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/favicon.ico') {
    response.writeHead(204).end()
    return
  }
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(document(searchParams))
}

function document(query: URLSearchParams): string {
  const url = escaped(query.get('url') ?? '')
  const way = query.get('way') ?? ''
  const ways: Readonly<Record<string, string>> = {
    link: `<a id="connect" href="${url}">Connect Dynamics 365</a>`,
    window: `<button id="connect" data-url="${url}">Connect Dynamics 365</button>`,
    frame: `<iframe title="Connect Dynamics 365" name="frame" src="${url}"></iframe>`,
  }
  return `<!doctype html>
<html lang="en">
<title>The vendor's product</title>
<meta name="viewport" content="width=device-width">
<style>body { font: 1rem sans-serif } iframe { width: 36rem; max-width: 100%; height: 32rem }</style>
<main>
<h1>The vendor's product</h1>
${way === 'script' ? scripted(query) : (ways[way] ?? '')}
</main>
<ul id="messages"></ul>
<script>
addEventListener('message', ({ origin, data }) => {
  const item = document.createElement('li')
  item.textContent = JSON.stringify({ origin, data })
  document.getElementById('messages').append(item)
})
document.querySelector('button[data-url]')?.addEventListener('click', ({ target }) => {
  open(target.dataset.url, 'connect', 'width=600,height=700')
})
</script>
</html>`
}

/** As the README of connect.js writes it; every result is listed, also the one in the page's address. */
function scripted(query: URLSearchParams): string {
  const [url = '', options = '{}'] = query.getAll('url').concat(query.getAll('options'))
  return `<button id="connect">Connect Dynamics 365</button>
<ul id="results"></ul>
<script src="${new URL('/connect.js', url)}"></script>
<script>
const { isPressed = true, ...options } = ${inScript(options)}
const show = (result) => {
  const item = document.createElement('li')
  item.textContent = JSON.stringify(result)
  document.getElementById('results').append(item)
}
const connect = () => DynamicsConnect.connect(async () => ${inScript(JSON.stringify(url))}, options)
  .then(show, ({ name }) => show({ error: name }))
document.getElementById('connect').addEventListener('click', connect)
const returned = DynamicsConnect.resultFrom()
if (returned) show({ returned })
else if (!isPressed) connect()
</script>`
}

function inScript(json: string): string {
  return json.replaceAll('<', '\\u003c')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
