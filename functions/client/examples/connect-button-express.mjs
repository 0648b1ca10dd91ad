// A page with a button that connects a customer's Dynamics 365. The service's allowedOrigins has to have its origin.
// Install: npm install ./dynamics-connect-0.1.0.tgz express
// Run: node connect-button-express.mjs
import { dynamicsConnect } from 'dynamics-connect/client'
import express from 'express'

const { PORT = '8080', ORIGIN = `http://localhost:${PORT}`, ...env } = process.env
const url = env.DYNAMICS_CONNECT_URL
// Who is signed in to your product, and for which customer: your session knows.
const userOf = (_request) => ({ accountId: env.DYNAMICS_CONNECT_ACCOUNT, username: 'erika' })
const PAGE = `<!doctype html><html lang="en"><title>Your product</title><main><h1>Your product</h1>
<p id="state" role="status"></p><button id="button">Connect Dynamics 365</button></main>
<script src="${url}/connect.js"></script><script>
const ask = async (path) => (await fetch(path, { method: 'POST' })).text()
const show = async () => { state.textContent = await ask('/state') }; show()
button.onclick = () => DynamicsConnect.connect(() => ask('/link'), { fallback: 'redirect' }).finally(show)
</script>`
try {
  const { DYNAMICS_CONNECT_CLIENT_ID: clientId, DYNAMICS_CONNECT_CLIENT_SECRET: clientSecret } = env
  const client = dynamicsConnect({ url, clientId, clientSecret })
  const connectionOf = async ({ accountId }) =>
    (await client.connections.list({ accountId }))[0] ?? client.connections.create({ accountId })
  await connectionOf(userOf()) // What is wrong with the settings shows now.
  const app = express().get('/', (_request, response) => response.send(PAGE))
  app.post('/state', async (request, response) => {
    const { status, reason } = await connectionOf(userOf(request))
    response.type('text').send(reason?.message ?? `Your Dynamics 365: ${status}`)
  })
  app.post('/link', async (request, response) => {
    const connectionId = (await connectionOf(userOf(request))).id
    const options = { ...userOf(request), connectionId, targetOrigin: ORIGIN }
    response.type('text').send((await client.signInLink(options)).url)
  })
  app.use((error, _, response, _next) => response.status(502).type('text').send(error.message))
  app.listen(PORT, (error) => console.log(error?.message ?? `Open ${ORIGIN}/`))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
