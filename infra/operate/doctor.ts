import { parseArgs } from 'node:util'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { dynamodbPartnerSettings } from '../../functions/adapters/dynamodb-partner-settings.ts'
import { dynamodbRefreshBrakes } from '../../functions/adapters/dynamodb-refresh-brakes.ts'
import { entraCredentialCheck } from '../../functions/adapters/entra-credential-check.ts'
import { cloudsOf, ENV, readSeams } from '../../functions/config.ts'
import { cloudNamed } from '../../functions/domain/clouds.ts'
import { OUTPUTS_FILE, type Outputs, readOutputs, STACK_NAME } from '../outputs.ts'
import { regionOf } from '../region-of.ts'
import { runCommand } from '../run-command.ts'
import { secretsManagerSecretStore } from '../setup-stores.ts'
import { awsClockOf } from './aws-clock.ts'
import { connectionIdOf } from './connection-id.ts'
import { cloudFormationStacks } from './deployed-stack.ts'
import { examine, type Patient } from './doctor-steps.ts'
import { cloudWatchSweeps, eventBridgeRules, lambdaRefreshFunction } from './doctor-stores.ts'
import { entraProbe } from './entra-probe.ts'

/** How the schedule's rules are named after the stack. */
const RULE_PREFIX = `${STACK_NAME}-sweep-`

const now = () => new Date()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      outputs: { type: 'string', default: OUTPUTS_FILE },
      tenant: { type: 'string' },
      connection: { type: 'string' },
    },
  })
  const outputs = await readOutputs(values.outputs)
  const patient = patientOf(outputs)
  const { entraBaseUrl } = readSeams(process.env)
  const entra = { entraBaseUrl, loginHost: await loginHostOf(patient), now }
  const options = {
    outputs,
    tenant: values.tenant,
    connectionId: values.connection === undefined ? undefined : connectionIdOf(values.connection),
  }
  const isHealthy = await examine(
    {
      patient,
      microsoft: entraProbe(entra),
      checkCredential: entraCredentialCheck(entra),
      tell: (line) => console.log(line),
      now,
    },
    options,
  )
  if (!isHealthy) process.exitCode = 1
}

function patientOf(outputs: Outputs): Patient {
  const region = regionOf(outputs.appCredentialSecret)
  const cloudFormation = new CloudFormationClient(region)
  const dynamodb = new DynamoDBClient(region)
  const table = outputs.connectionsTable
  return {
    stack: () => cloudFormationStacks(cloudFormation).read(STACK_NAME),
    awsClockAheadMs: awsClockOf(cloudFormation, now),
    secrets: secretsManagerSecretStore(new SecretsManagerClient(region)),
    clientId: async () => (await dynamodbPartnerSettings(dynamodb, { table }).read()).app?.clientId,
    rules: eventBridgeRules(new EventBridgeClient(region), RULE_PREFIX),
    finishedSweeps: cloudWatchSweeps(new CloudWatchClient(region), now),
    ...lambdaRefreshFunction(new LambdaClient(region), outputs.refreshFunction),
    openBreaker: async () => {
      const brakes = await dynamodbRefreshBrakes(dynamodb, { table }).read('none')
      return brakes.appBreaker?.code
    },
  }
}

/** Where the app is registered: in the first of the clouds that are deployed; the commercial one where that is not to be read. */
async function loginHostOf(patient: Patient): Promise<string> {
  const clouds = await patient.refreshFunction().then(
    ({ variables }) => cloudsOf(variables[ENV.clouds] ?? ''),
    () => [],
  )
  return cloudNamed(clouds[0] ?? 'commercial').loginHost
}

await runCommand('doctor', main)
