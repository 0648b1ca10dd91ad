import type { Operation } from './operation.ts'

const KNOWN = { description: 'You have it already.', content: 'nothing' } as const

export const DOCUMENT_OPERATIONS = {
  'GET /openapi.json': {
    id: 'readDescription',
    tag: 'Description',
    summary: 'Read this description',
    description: 'OpenAPI 3.1, of the version that is deployed. Pages of any origin may read it.',
    callers: 'anybody',
    answers: {
      200: { description: 'The description.', content: { text: 'application/json' } },
      304: KNOWN,
    },
    errors: [],
  },
  'GET /docs': {
    id: 'openDocumentation',
    tag: 'Description',
    summary: 'Read it in a browser',
    description: 'This description as a page, which also sends requests.',
    callers: 'anybody',
    answers: { 200: { description: 'The page.', content: { text: 'text/html' } } },
    errors: [],
  },
  'GET /docs/{version}/{file}': {
    id: 'loadDocumentationFile',
    tag: 'Description',
    summary: 'Load a file of that page',
    description: 'Its script, its style and its icon, to be kept for a year.',
    callers: 'anybody',
    answers: {
      200: { description: 'The file.', content: { text: '*/*' } },
      304: KNOWN,
    },
    errors: ['not_found'],
  },
} as const satisfies Readonly<Record<string, Operation>>
