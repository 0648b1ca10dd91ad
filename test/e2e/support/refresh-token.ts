import type { RunningService } from './local-service.ts'

/** A refresh token of one of Microsoft's users, as another system of the same app holds it. */
export async function refreshTokenOf(
  { microsoftUrl }: Pick<RunningService, 'microsoftUrl'>,
  username: string,
): Promise<string> {
  const answer = await fetch(`${microsoftUrl}/admin/refresh-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username }),
  })
  const { refresh_token: refreshToken } = Object(await answer.json())
  return refreshToken
}
