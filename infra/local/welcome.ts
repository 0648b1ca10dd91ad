import { CONSOLE_PATH } from '../../functions/http/routes.ts'
import { bearerCommand } from './partner-commands.ts'
import type { LocalService } from './start-local.ts'

/** What is said once everything runs: where to go, and how to begin. */
export function welcome(service: LocalService): string {
  const { url, publicUrl, apiClient, microsoftUrl, lambdaUrl } = service
  const microsoft = microsoftUrl === undefined ? 'the real one' : `${microsoftUrl}/`
  const address = publicUrl === url ? [] : [`  Public URL   ${publicUrl}`]
  return [
    '',
    `  Open this    ${url}/`,
    ...address,
    `  Console      ${publicUrl}${CONSOLE_PATH}  (sign in as ${apiClient.clientId} / ${apiClient.clientSecret})`,
    `  API client   ${apiClient.clientId} / ${apiClient.clientSecret}`,
    `  Microsoft    ${microsoft}`,
    `  Lambda       ${lambdaUrl}/  (AWS_ENDPOINT_URL_LAMBDA; the function is called token)`,
    '',
    '  First step by hand:',
    `  ${bearerCommand({ url, apiClient })}`,
    '',
    '  Ctrl+C closes it. What it knows is kept for the next start.',
    '',
  ].join('\n')
}
