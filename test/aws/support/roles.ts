import { ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { account } from './account.ts'

/** Whoever has the role of one deployed function. */
export interface RoleHolder {
  /** Whether AWS hands out the secret. @throws whatever is no refusal. */
  mayRead(secretArn: string): Promise<boolean>
  close(): void
}

const sts = new STSClient()

/** Takes on the role of the function whose name in the stack this is, as the account's root may here. */
export async function roleOf(name: string): Promise<RoleHolder> {
  const { Functions = [] } = await account.lambda.send(new ListFunctionsCommand())
  const found = Functions.find(({ FunctionName }) => FunctionName?.includes(`-${name}Function`))
  const request = { RoleArn: found?.Role, RoleSessionName: `test-${name}` }
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
