// Lists the accounts of a customer's Dynamics 365 environment, with nothing but fetch.
// Install: nothing; Node 20 or later.
// Run: node list-accounts-fetch.mjs
function setting(name) {
  if (process.env[name]) return process.env[name]
  throw new Error(`Set ${name}.`)
}

async function ask(address, request) {
  const answer = await fetch(address, request).catch(({ message, cause }) => {
    throw new Error(`No answer from ${address}: ${cause?.code ?? cause?.message ?? message}`)
  })
  const json = await answer.json().catch(() => undefined)
  if (answer.ok && json) return json
  const why = json?.Message ?? json?.error?.message ?? 'no message'
  throw new Error(`${answer.status} ${answer.statusText} from ${address}: ${why}`)
}

try {
  const url = setting('DYNAMICS_CONNECT_URL')
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: setting('DYNAMICS_CONNECT_CLIENT_ID'),
    client_secret: setting('DYNAMICS_CONNECT_CLIENT_SECRET'),
  })
  const { access_token } = await ask(`${url}/oauth/token`, { method: 'POST', body })
  const connection = `${url}/v1.0/account/connectors/${setting('DYNAMICS_CONNECT_CONNECTION')}`
  const account = { 'x-account': setting('DYNAMICS_CONNECT_ACCOUNT') }
  const bearer = (token) => ({ authorization: `Bearer ${token}`, accept: 'application/json' })
  const headers = { ...bearer(access_token), ...account }
  const token = await ask(`${connection}/token`, { headers })
  const dataverse = process.env.DATAVERSE_URL || token.Resource // another address with `npm start` alone
  const accounts = `${dataverse}/api/data/v9.2/accounts?$select=name`
  const { value } = await ask(accounts, { headers: bearer(token.AccessToken) })
  for (const { name } of value) console.log(name)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
