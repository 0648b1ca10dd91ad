import { GetWebIdentityTokenCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'

/** What to ask for: whom the token is for, how it is signed, and how long it is good for. */
export interface WebIdentityTokenRequest {
  readonly audience: string
  readonly signingAlgorithm: string
  readonly durationSeconds: number
}

/** Reached by `import()`, which makes it a file of its own: it may import packages, and no module of ours. */
export function stsWebIdentityToken(
  settings: STSClientConfig,
  request: WebIdentityTokenRequest,
): () => Promise<{ readonly text: string; readonly expiresAt: Date }> {
  const client = new STSClient(settings)
  return async () => {
    const command = new GetWebIdentityTokenCommand({
      Audience: [request.audience],
      SigningAlgorithm: request.signingAlgorithm,
      DurationSeconds: request.durationSeconds,
    })
    const { WebIdentityToken: text, Expiration: expiresAt } = await client.send(command)
    if (!text || expiresAt === undefined) throw new TypeError('the answer holds no token')
    return { text, expiresAt }
  }
}
