// Lists the accounts of a customer's Dynamics 365 environment, with the client of dynamics-connect and DynamicsWebApi.
// Install: npm install ./dynamics-connect-0.1.0.tgz dynamics-web-api
// Run: node list-accounts-dynamics-web-api.mjs
import { dynamicsConnect } from 'dynamics-connect/client'
import { DynamicsWebApi } from 'dynamics-web-api'

const { env } = process

try {
  const client = dynamicsConnect({
    url: env.DYNAMICS_CONNECT_URL,
    clientId: env.DYNAMICS_CONNECT_CLIENT_ID,
    clientSecret: env.DYNAMICS_CONNECT_CLIENT_SECRET,
    accountId: env.DYNAMICS_CONNECT_ACCOUNT,
  })
  const dynamics = await client.dynamics(DynamicsWebApi, env.DYNAMICS_CONNECT_CONNECTION)
  // With `npm start` the environment is at another address than its own.
  if (env.DATAVERSE_URL) dynamics.setConfig({ serverUrl: `${env.DATAVERSE_URL}/` })

  const accounts = await dynamics.retrieveAll({ collection: 'accounts', select: ['name'] })
  for (const { name } of accounts.value) console.log(name)
} catch ({ status, message }) {
  console.error(status ? `${status}: ${message}` : message)
  process.exitCode = 1
}
