import { PROPERTY_EXAMPLE } from './examples.ts'
import type { Answer, Operation, RequestBody } from './operation.ts'

const NEW_SIGN_IN =
  'Another environment needs a new sign-in: the tokens of the one before are forgotten.'

const PROPERTY = { json: 'Property', example: PROPERTY_EXAMPLE } as const

function body(schema: 'PropertyRequest' | 'PropertyChange'): RequestBody {
  const { Name, Value } = PROPERTY_EXAMPLE
  const examples = { environment: { summary: 'An environment', value: { Name, Value } } }
  return { schema, type: 'application/json', examples }
}

function property(description: string): Answer {
  return { description, content: PROPERTY }
}

const REFUSALS = [
  'request_invalid',
  'request_too_large',
  'content_type_unsupported',
  'property_unknown',
  'resource_invalid',
  'not_found',
] as const

const NEXT = {
  id: '$response.body#/AccountConnectorId',
  propertyId: '$response.body#/Id',
  'X-Cyclr-Account': '$request.header.X-Cyclr-Account',
}

export const PROPERTY_OPERATIONS = {
  'GET /v1.0/account/connectors/{id}/properties': {
    id: 'listProperties',
    tag: 'Properties',
    summary: 'List the properties that are set',
    description: 'An empty list until the environment is known.',
    callers: 'account',
    answers: {
      200: {
        description: 'The properties.',
        content: { json: 'Property', isList: true, example: [PROPERTY_EXAMPLE] },
      },
    },
    errors: ['request_invalid', 'not_found'],
  },
  'POST /v1.0/account/connectors/{id}/properties': {
    id: 'addProperty',
    tag: 'Properties',
    summary: 'Set the environment',
    description: NEW_SIGN_IN,
    callers: 'account',
    body: body('PropertyRequest'),
    answers: {
      200: {
        ...property('It is set, with the address in its one form.'),
        links: {
          read: { operationId: 'readProperty', description: 'Read it.', parameters: NEXT },
          remove: { operationId: 'deleteProperty', description: 'Remove it.', parameters: NEXT },
        },
      },
    },
    errors: REFUSALS,
  },
  'GET /v1.0/account/connectors/{id}/properties/{propertyId}': {
    id: 'readProperty',
    tag: 'Properties',
    summary: 'Read one property',
    description: 'The environment has the property id 1.',
    callers: 'account',
    answers: { 200: property('The property.') },
    errors: ['not_found'],
  },
  'PUT /v1.0/account/connectors/{id}/properties/{propertyId}': {
    id: 'changeProperty',
    tag: 'Properties',
    summary: 'Change the environment',
    description: NEW_SIGN_IN,
    callers: 'account',
    body: body('PropertyChange'),
    answers: { 200: property('It is set.') },
    errors: REFUSALS,
  },
  'DELETE /v1.0/account/connectors/{id}/properties/{propertyId}': {
    id: 'deleteProperty',
    tag: 'Properties',
    summary: 'Forget the environment',
    description: 'The next sign-in asks for it. The tokens of the one before are forgotten.',
    callers: 'account',
    answers: { 200: property('What it was.') },
    errors: ['not_found'],
  },
} as const satisfies Readonly<Record<string, Operation>>
