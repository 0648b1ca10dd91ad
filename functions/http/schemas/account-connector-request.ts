import * as v from 'valibot'
import { AUTH_VALUE } from './auth-value.ts'
import { flagParameter, numberParameter, object, requiredText, text } from './members.ts'

const LONGEST_NAME = 200
const DEFAULT_PAGE_SIZE = 25
const LARGEST_PAGE_SIZE = 100
const LAST_PAGE = 1_000_000

const PROPERTIES = 'send Properties as a list of objects'

/** A property to be set: its name, and the value that it is to have. */
export const PROPERTY_REQUEST = object(
  { Name: requiredText('Name'), Value: requiredText('Value') },
  PROPERTIES,
)

/** The same where the path names the property. */
export const PROPERTY_CHANGE = object(
  { Name: v.nullish(text('Name')), Value: requiredText('Value') },
  PROPERTIES,
)

const NAME_MESSAGE = `Name is required; send 1 to ${LONGEST_NAME} characters`

const NAME = v.pipe(
  text('Name'),
  v.regex(/\S/, NAME_MESSAGE),
  v.maxLength(LONGEST_NAME, NAME_MESSAGE),
)

/** What may be said of an account connector when it is installed, and changed later. */
const LABELS = { Name: v.nullish(NAME), Description: v.nullish(text('Description')) }

/** Better refused than accepted and forgotten. */
const NO_TOKENS = v.optional(
  v.null('AuthValue is not taken here; install the connector first, then send it by PUT'),
)

/** What is installed. */
export const INSTALL_REQUEST = v.object({
  AuthValue: NO_TOKENS,
  ...LABELS,
  Properties: v.nullish(
    v.pipe(
      v.array(PROPERTY_REQUEST, PROPERTIES),
      v.maxLength(1, 'send the property Resource once'),
    ),
    [],
  ),
})

/** What is changed; what is left out stays. */
export const ACCOUNT_CONNECTOR_CHANGE = v.object({ AuthValue: v.nullish(AUTH_VALUE), ...LABELS })

/** Which connectors of all accounts are listed. */
export const ALL_CONNECTORS_QUERY = v.object({
  after: v.optional(v.string()),
  pageSize: v.optional(
    numberParameter('pageSize', { from: 1, to: LARGEST_PAGE_SIZE }),
    String(DEFAULT_PAGE_SIZE),
  ),
})

/** Which of the account's connectors are listed. */
export const ACCOUNT_CONNECTOR_QUERY = v.object({
  page: v.optional(numberParameter('page', { from: 1, to: LAST_PAGE }), '1'),
  pageSize: v.optional(
    numberParameter('pageSize', { from: 1, to: LARGEST_PAGE_SIZE }),
    String(DEFAULT_PAGE_SIZE),
  ),
  sortOrderAsc: v.optional(flagParameter('sortOrderAsc'), 'true'),
})
