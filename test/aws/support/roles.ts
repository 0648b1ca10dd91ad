import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { functionNamed } from './functions.ts'

/** Whoever has the role of one deployed function. */
export interface RoleHolder {
  /** Whether AWS hands out the secret. @throws whatever is no refusal. */
  mayRead(secretArn: string): Promise<boolean>
  close(): void
}

const sts = new STSClient()

/** Takes on the role of the function whose name in the stack this is, as the account's root may here. */
export async function roleOf(name: string): Promise<RoleHolder> {
  const { Role } = await functionNamed(name)
  const request = { RoleArn: Role, RoleSessionName: `test-${name}` }
  const { Credentials } = await sts.send(new AssumeRoleCommand(request))
  const secrets = new SecretsManagerClient({
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  })
  return {
    mayRead: async (SecretId) => {
      try {
        await secrets.send(new GetSecretValueCommand({ SecretId }))
        return true
      } catch (error) {
        if (error instanceof Error && error.name === 'AccessDeniedException') return false
        throw error
      }
    },
    close: () => secrets.destroy(),
  }
}
