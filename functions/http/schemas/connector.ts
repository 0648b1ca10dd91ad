import * as v from 'valibot'
import { counted, list, told, toldOrNull } from './answers.ts'

const PARAMETER = v.object({
  Id: counted('The id of the property that it becomes.'),
  Name: told('The name of the property.'),
  Description: told('What it is for.'),
  TargetType: told('Always `Property`.'),
  TargetName: told('The property that it sets.'),
  IsAccountConnectorProperty: v.boolean(),
  IsSensitive: v.boolean(),
  IsOptional: v.boolean(),
  DataType: told('Always `String`.'),
  TriggerName: toldOrNull('Always null.'),
  Values: list(v.string(), 'The values to choose from, where there are such.'),
})

const AUTHENTICATION = v.object({
  Id: told('The id of this way to sign in.'),
  AuthName: v.string(),
  AuthDescription: v.string(),
  AuthType: told('Always `OAuth2`.'),
  OAuth2Type: told('Always `AuthorisationCode`.'),
  AuthScheme: told('Always `Bearer`.'),
})

/** What can be installed. */
export const CONNECTOR_ANSWER = v.object({
  Id: counted('The id of the connector.'),
  Name: told('Its name, which a path may give in place of the id.'),
  Description: v.string(),
  Status: told('Always `Approved`.'),
  Version: v.string(),
  Icon: toldOrNull('Always null.'),
  AuthDescription: v.string(),
  AuthType: v.string(),
  OAuth2Type: v.string(),
  AuthScheme: v.string(),
  Parameters: list(PARAMETER, 'What has to be set after it is installed.'),
  Authentication: list(AUTHENTICATION, 'How its users sign in.'),
  Categories: list(v.string(), 'What it is about.'),
  Triggers: list(v.unknown(), 'Always empty.'),
  IsSystemConnector: v.boolean(),
})

export type WireConnector = v.InferOutput<typeof CONNECTOR_ANSWER>
