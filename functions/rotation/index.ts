import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { secretsManagerKeyringVersions } from '../adapters/secrets-manager-keyring-versions.ts'
import { readSettings } from '../config.ts'
import { eventLog } from '../logger.ts'
import { rotationHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'accessTokenKeyringSecret',
  'refreshTokenKeyringSecret',
])
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)
const secretArns = [settings.accessTokenKeyringSecret, settings.refreshTokenKeyringSecret]

export const handler = rotationHandler({
  keyrings: new Map(
    secretArns.map((secretArn) => [
      secretArn,
      secretsManagerKeyringVersions(secrets, { secretArn }),
    ]),
  ),
  log: eventLog('rotation', process.env),
  now: () => new Date(),
})
