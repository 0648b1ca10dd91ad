// A Lambda function that lists a customer's Dynamics 365 accounts. It holds no secret: its role may invoke the function
// whose name is the output TokenFunction of dynamics-connect. Install: npm install @aws-sdk/client-lambda (Lambda has it).
// Run: node -e "import('./lambda-token-by-iam.mjs').then(async ({ handler }) => console.log(await handler({ accountId: 'acme', connectionId: 123 })))"
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'

const { DYNAMICS_CONNECT_TOKEN_FUNCTION, DATAVERSE_URL } = process.env
const lambda = new LambdaClient()

/** The names of the customer's accounts. */
export async function handler({ accountId, connectionId }) {
  const { AccessToken, Resource } = await accessToken({ accountId, connectionId })
  const dataverse = DATAVERSE_URL || Resource // another address with `npm start` alone
  const answer = await fetch(`${dataverse}/api/data/v9.2/accounts?$select=name`, {
    headers: { authorization: `Bearer ${AccessToken}`, accept: 'application/json' },
  })
  if (!answer.ok) throw new Error(`${Resource} answered ${answer.status}.`)
  const { value } = await answer.json()
  return value.map(({ name }) => name)
}

async function accessToken(connection) {
  const invocation = new InvokeCommand({
    FunctionName: DYNAMICS_CONNECT_TOKEN_FUNCTION,
    Payload: JSON.stringify({ token: connection }),
  })
  const { Payload } = await lambda.send(invocation)
  const answer = JSON.parse(Payload.transformToString())
  if (answer.AccessToken) return answer
  // What the service refuses has a Code and says what to do; a function that failed has an errorMessage.
  throw new Error(answer.Message ?? answer.errorMessage)
}
