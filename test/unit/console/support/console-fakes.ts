import { consoleCookies } from '../../../../functions/console/console-cookies.ts'
import type { ConsoleDependencies } from '../../../../functions/console/dependencies.ts'
import { DEFAULT_BRAND } from '../../../../functions/domain/brand.ts'
import type { Clock } from '../../../../functions/domain/clock.ts'
import { newApiAccess } from '../../../../functions/domain/stored-api-access.ts'
import { viewsWith } from '../../../../functions/http/view.ts'
import { memoryApiClients } from '../../../fakes/memory-api-clients.ts'
import { memoryAppCredentialWriter } from '../../../fakes/memory-app-credential-writer.ts'
import { memoryConnectionDirectory } from '../../../fakes/memory-connection-directory.ts'
import { memoryConnectionHistory } from '../../../fakes/memory-connection-history.ts'
import { memoryConnectionStore } from '../../../fakes/memory-connection-store.ts'
import { memoryConsoleAccess } from '../../../fakes/memory-console-access.ts'
import { memoryConsoleSessions } from '../../../fakes/memory-console-sessions.ts'
import { memoryPartnerSettings } from '../../../fakes/memory-partner-settings.ts'
import { memoryServiceRecord } from '../../../fakes/memory-service-record.ts'
import { memorySignInAttempts } from '../../../fakes/memory-sign-in-attempts.ts'
import { memorySignInTokens } from '../../../fakes/memory-sign-in-tokens.ts'
import { scriptedPeopleSignIn } from '../../../fakes/scripted-people-sign-in.ts'
import { ACCESS } from '../../support/api-clients.ts'
import { recordingLog } from '../../support/recording-log.ts'

export const PUBLIC_URL = 'https://connect.example'

/** All that the console works with, over empty fakes; a scene replaces what it looks at. */
export function consoleFakes(now: Clock): ConsoleDependencies {
  const store = memoryConnectionStore(now)
  return {
    consoleSessions: memoryConsoleSessions(),
    signInAttempts: memorySignInAttempts(),
    readApiAccess: async () => ACCESS,
    cookies: consoleCookies(PUBLIC_URL),
    viewOf: viewsWith({ read: async () => ({ brand: DEFAULT_BRAND, allowedOrigins: [] }) }),
    publicUrl: PUBLIC_URL,
    directory: memoryConnectionDirectory(store),
    history: memoryConnectionHistory(),
    connections: store.connections,
    signInTokens: memorySignInTokens(),
    refreshRequests: { refresh: async () => ({ outcome: 'not_due' }) },
    returnOrigins: async () => [],
    clouds: ['commercial'],
    refreshPolicy: 'adaptive',
    partnerSettings: memoryPartnerSettings(),
    appCredentialWriter: memoryAppCredentialWriter(),
    checkCredential: async () => ({ verdict: 'accepted' }),
    checkStoredCredential: async () => ({ verdict: 'accepted' }),
    readAppBreaker: async () => undefined,
    apiClients: memoryApiClients(now, newApiAccess([])),
    consoleAccess: memoryConsoleAccess({ clientId: 'console' }),
    people: scriptedPeopleSignIn(),
    record: memoryServiceRecord(),
    shards: 2,
    deployment: { publicUrl: PUBLIC_URL, allowedOrigins: [], tokenRequestRoles: undefined },
    now,
    log: recordingLog(),
  }
}
