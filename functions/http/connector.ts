import type { WireConnector } from './schemas/connector.ts'

/** The one entry of the catalogue. */
export const CONNECTOR_ID = 1
export const CONNECTOR_NAME = 'Microsoft Dynamics CRM Online'

/** The property that holds the environment's URL; its id is its parameter's. */
export const RESOURCE_PROPERTY = { id: 1, name: 'Resource' } as const

const AUTHENTICATION = {
  AuthName: 'Microsoft sign-in',
  AuthDescription: 'A user of the environment signs in at Microsoft',
  AuthType: 'OAuth2',
  OAuth2Type: 'AuthorisationCode',
  AuthScheme: 'Bearer',
} as const

/** The connector as existing client code reads it. */
export const CONNECTOR: WireConnector = {
  Id: CONNECTOR_ID,
  Name: CONNECTOR_NAME,
  Description: 'Connects a customer to a Dynamics 365 (Dataverse) environment.',
  Status: 'Approved',
  Version: '1.0',
  Icon: null,
  AuthDescription: AUTHENTICATION.AuthDescription,
  AuthType: AUTHENTICATION.AuthType,
  OAuth2Type: AUTHENTICATION.OAuth2Type,
  AuthScheme: AUTHENTICATION.AuthScheme,
  Parameters: [
    {
      Id: RESOURCE_PROPERTY.id,
      Name: RESOURCE_PROPERTY.name,
      Description: 'URL of the environment, e.g. https://example.crm.dynamics.com',
      TargetType: 'Property',
      TargetName: RESOURCE_PROPERTY.name,
      IsAccountConnectorProperty: true,
      IsSensitive: false,
      IsOptional: false,
      DataType: 'String',
      TriggerName: null,
      Values: [],
    },
  ],
  Authentication: [{ Id: '6f1c1f0e-6f5b-4c55-8f0a-6d0f6f4b3c01', ...AUTHENTICATION }],
  Categories: ['CRM'],
  Triggers: [],
  IsSystemConnector: false,
}

/** Whether a path names the connector, by id or by name in any letter case. */
export function isConnectorId(text: string): boolean {
  return text === String(CONNECTOR_ID)
}

export function isConnectorName(text: string): boolean {
  return text.toLowerCase() === CONNECTOR_NAME.toLowerCase()
}
