import { CONNECTOR } from '../connector.ts'
import type {
  AccountConnector,
  AllConnectors,
  Done,
  WireProperty,
} from '../schemas/account-connector.ts'
import type { ErrorAnswer } from '../schemas/error.ts'
import type {
  BearerToken,
  NotRefreshed,
  Refreshed,
  WireAccessToken,
  WireSignInToken,
} from '../schemas/tokens.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const TENANT = '5c1e4f6b-7a40-4b0c-9d52-0f6c2b8e1a31'

export const PROPERTY_EXAMPLE: WireProperty = {
  Name: 'Resource',
  Value: RESOURCE,
  Id: 1,
  AccountConnectorId: 1_402_775_301,
}

/** A connection that nobody has signed in for yet. */
export const INSTALLED: AccountConnector = {
  Id: 1_402_775_301,
  Name: 'Microsoft Dynamics CRM Online',
  Description: null,
  AuthValue: null,
  Authenticated: false,
  Connector: CONNECTOR,
  IsPartnerIntegrationConnector: false,
  Properties: [],
  CustomFields: [],
  Status: 'pending',
  Reason: null,
  Environment: null,
  User: null,
  LastFailure: null,
  CreatedAtUtc: '2026-03-01T09:26:00.0000000Z',
  ConnectedAtUtc: null,
  RefreshedAtUtc: null,
  NextRefreshAtUtc: null,
}

export const CONNECTED: AccountConnector = {
  ...INSTALLED,
  Authenticated: true,
  Properties: [PROPERTY_EXAMPLE],
  Status: 'connected',
  Environment: {
    Url: RESOURCE,
    TenantId: TENANT,
    OrganizationId: '0b9f5a3c-52b8-4f5e-9f0b-6a1d9f1f7c11',
    UserId: '8a1e5f0e-6f38-4c54-8f5e-1d7a0c3b9d22',
    BusinessUnitId: '3f2b6c1d-0e4a-4d7b-9c3e-7b5a1f0d8e33',
  },
  User: {
    TenantId: TENANT,
    ObjectId: '1d3c9b7a-4e2f-4a6b-8c0d-9e5f7a2b1c44',
    Name: 'Erika Mustermann',
    Username: 'erika@example.com',
  },
  ConnectedAtUtc: '2026-03-01T09:30:00.0000000Z',
  NextRefreshAtUtc: '2026-03-01T10:18:00.0000000Z',
}

export const ALL_CONNECTORS_EXAMPLE: AllConnectors = {
  Connectors: [{ AccountId: 'acme', ...CONNECTED }],
  Next: null,
}

export const DELETED: Done = {
  Message: "Connector 'Microsoft Dynamics CRM Online' successfully deleted.",
}

export const DEAUTHENTICATED: Done = {
  Message: "Connector 'Microsoft Dynamics CRM Online' successfully de-authenticated.",
}

export const BEARER_TOKEN_EXAMPLE: BearerToken = {
  token_type: 'bearer',
  access_token: 'eyJhbGciOi…',
  expires_in: 3600,
  clientId: 'local',
}

export const SIGN_IN_TOKEN_EXAMPLE: WireSignInToken = {
  Token: 'H0TqY1mE…',
  ExpiresAtUtc: '2026-03-01T09:31:00.0000000Z',
}

export const ACCESS_TOKEN_EXAMPLE: WireAccessToken = {
  AccessToken: 'eyJ0eXAiOi…',
  TokenType: 'Bearer',
  ExpiresAtUtc: '2026-03-01T10:30:00.0000000Z',
  Resource: RESOURCE,
}

export const REFRESHED_EXAMPLE: Refreshed = {
  Outcome: 'refreshed',
  ExpiresAtUtc: '2026-03-01T10:30:00.0000000Z',
}

export const NOT_REFRESHED_EXAMPLE: NotRefreshed = { Outcome: 'in_progress' }

export const ERROR_EXAMPLE: ErrorAnswer = {
  Message: 'This account has no account connector with that id.',
  Code: 'not_found',
  RequestId: 'JKJaXmPLvHcESHA=',
}
