import * as v from 'valibot'
import { CONNECTOR_ID, CONNECTOR_NAME } from '../connector.ts'
import { ACCOUNT } from '../schemas/account.ts'
import { ID } from '../schemas/id.ts'
import type { Parameter } from './operation.ts'
import type { DescribedRoute } from './operations.ts'

type VariablesIn<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | VariablesIn<Rest>
  : never

/** Every variable of a path means the same wherever it stands. */
export const PATH_VARIABLES: Readonly<Record<VariablesIn<DescribedRoute>, Parameter>> = {
  connector: {
    schema: v.picklist([String(CONNECTOR_ID), CONNECTOR_NAME]),
    description: 'The id of the connector, or its name in any letter case.',
    example: CONNECTOR_NAME,
  },
  accountId: {
    schema: ACCOUNT,
    description: 'The account: one of your customers, by the id that you chose.',
    example: 'acme',
  },
  id: { schema: ID, description: 'The id of the account connector.', example: 1_402_775_301 },
  propertyId: { schema: ID, description: 'The id of the property.', example: 1 },
  code: {
    schema: v.pipe(v.string(), v.regex(/^(AADSTS)?[0-9]{4,8}$/)),
    description: 'The code, with or without its prefix.',
    example: 'AADSTS65001',
  },
  version: {
    schema: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
    description: 'The version of the page’s files.',
    example: '0f6c2b8e1a31',
  },
  file: {
    schema: v.pipe(v.string(), v.regex(/^[a-z0-9.-]{1,64}$/)),
    description: 'The file’s name.',
    example: 'swagger-ui.css',
  },
}
