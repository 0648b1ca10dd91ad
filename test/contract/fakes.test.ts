import { at } from '../fakes/hand-clock.ts'
import { memoryApiClients } from '../fakes/memory-api-clients.ts'
import { memoryAuthorizationRequests } from '../fakes/memory-authorization-requests.ts'
import { memoryConnectionHistory } from '../fakes/memory-connection-history.ts'
import { memoryConnectionStore } from '../fakes/memory-connection-store.ts'
import { memoryConsoleAccess } from '../fakes/memory-console-access.ts'
import { memoryConsoleSessions } from '../fakes/memory-console-sessions.ts'
import { memoryParkedSignIns } from '../fakes/memory-parked-sign-ins.ts'
import { memoryPartnerSettings } from '../fakes/memory-partner-settings.ts'
import { memoryRefreshBrakes } from '../fakes/memory-refresh-brakes.ts'
import { memoryRefreshClaims } from '../fakes/memory-refresh-claims.ts'
import { memoryRevocations } from '../fakes/memory-revocations.ts'
import { memoryServiceRecord } from '../fakes/memory-service-record.ts'
import { memorySignInAttempts } from '../fakes/memory-sign-in-attempts.ts'
import { memorySignInContexts } from '../fakes/memory-sign-in-contexts.ts'
import { memorySignInTokens } from '../fakes/memory-sign-in-tokens.ts'
import { apiClientsContract } from './api-clients-contract.ts'
import { authorizationRequestsContract } from './authorization-requests-contract.ts'
import { connectionCountsContract } from './connection-counts-contract.ts'
import { connectionHistoryContract } from './connection-history-contract.ts'
import { connectionsContract } from './connections-contract.ts'
import { consoleAccessContract } from './console-access-contract.ts'
import { consoleSessionsContract } from './console-sessions-contract.ts'
import { parkedSignInsContract } from './parked-sign-ins-contract.ts'
import { partnerSettingsContract } from './partner-settings-contract.ts'
import { refreshBrakesContract } from './refresh-brakes-contract.ts'
import { refreshClaimsContract } from './refresh-claims-contract.ts'
import { revocationsContract } from './revocations-contract.ts'
import { serviceRecordContract } from './service-record-contract.ts'
import { signInAttemptsContract } from './sign-in-attempts-contract.ts'
import { signInContextsContract } from './sign-in-contexts-contract.ts'
import { signInTokensContract } from './sign-in-tokens-contract.ts'
import { tokenSetsContract } from './token-sets-contract.ts'

connectionsContract('in memory', async (now) => memoryConnectionStore(now))
connectionCountsContract('in memory', async (now) => memoryConnectionStore(now))
connectionHistoryContract('in memory', async () => memoryConnectionHistory())
serviceRecordContract('in memory', async () => memoryServiceRecord())
tokenSetsContract('in memory', async (now) => memoryConnectionStore(now))
refreshClaimsContract('in memory', async () => memoryRefreshClaims())
refreshBrakesContract('in memory', async () => memoryRefreshBrakes())
signInTokensContract('in memory', async () => memorySignInTokens())
authorizationRequestsContract('in memory', async () => memoryAuthorizationRequests())
parkedSignInsContract('in memory', async () => memoryParkedSignIns())
consoleSessionsContract('in memory', async () => memoryConsoleSessions())
signInAttemptsContract('in memory', async () => memorySignInAttempts())
revocationsContract('in memory', async () => memoryRevocations())
apiClientsContract('in memory', async (stored, now) => memoryApiClients(now, stored))
consoleAccessContract('in memory', async (stored) => memoryConsoleAccess(stored))
partnerSettingsContract('in memory', async () => memoryPartnerSettings())
signInContextsContract('in memory', async () => {
  const store = memoryConnectionStore(() => at(0))
  const signInTokens = memorySignInTokens()
  let clientId: string | undefined
  let allowedOrigins: readonly string[] = []
  return {
    store,
    signInTokens,
    signInContexts: memorySignInContexts({
      store,
      signInTokens,
      clientId: () => clientId,
      allowedOrigins: () => allowedOrigins,
    }),
    setAllowedOrigins: async (origins) => {
      allowedOrigins = origins
    },
    setClientId: async (registered) => {
      clientId = registered
    },
  }
})
