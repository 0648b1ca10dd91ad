/** The shape of a DynamoDB table, for whoever creates it. All keys are of the type given. */
export interface TableSchema {
  readonly partitionKey: string
  readonly timeToLive: string
  readonly indexes: readonly IndexSchema[]
}

/** A global secondary index; an item without both keys is not in it. */
export interface IndexSchema {
  readonly name: string
  readonly partitionKey: KeySchema
  readonly sortKey: KeySchema
  /** Attributes carried beside the keys; none means KEYS_ONLY. */
  readonly carries: readonly string[]
}

interface KeySchema {
  readonly name: string
  readonly type: 'S' | 'N'
}

/** Which connection is due when: sparse, since only a connected connection has `due`. */
export const DUE_INDEX = 'due'

/** Which connections an account has. A refresh touches none of its attributes, so costs it nothing. */
export const ACCOUNT_INDEX = 'account'

/** How the key of a connection's item begins; its id follows. */
export const CONNECTION_KEY_PREFIX = 'connection#'

/** The key of the item that is there while Microsoft does not accept the app credential. */
export const APP_BREAKER_KEY = 'brake#app'

/**
 * How many connections are of which status, and why somebody has to act for those that wait for it. A
 * refresh of a connection without a reason touches none of its attributes, so costs it nothing: where no
 * reason was and none comes, nothing changes. A change of status costs two small writes, and one of the
 * reason, which each further look at a blocked connection dates anew, costs one.
 */
export const STATUS_INDEX = 'status'

/**
 * Connections (`connection#…`), refresh claims (`claim#…`, which expire), brakes (`brake#…`), the settings
 * (`settings`), and what the service did of late: by the hour (`hour#…`), and its last `census`; both expire.
 */
export const CONNECTIONS_TABLE: TableSchema = {
  partitionKey: 'pk',
  timeToLive: 'expiresAt',
  indexes: [
    {
      name: DUE_INDEX,
      partitionKey: { name: 'due', type: 'N' },
      sortKey: { name: 'nextRefreshAt', type: 'N' },
      carries: [],
    },
    {
      name: ACCOUNT_INDEX,
      partitionKey: { name: 'accountId', type: 'S' },
      sortKey: { name: 'connectionId', type: 'N' },
      carries: ['name'],
    },
    {
      name: STATUS_INDEX,
      partitionKey: { name: 'status', type: 'S' },
      sortKey: { name: 'connectionId', type: 'N' },
      carries: ['reason'],
    },
  ],
}

/**
 * Sign-in tokens (`sign-in-token#…`), authorization requests (`authorization-request#…`), what was revoked
 * within five weeks (`revoked#…`), and what became of each connection and of the app credential within the
 * last year (`history#…`); all expire.
 */
export const SIGN_INS_TABLE: TableSchema = {
  partitionKey: 'pk',
  timeToLive: 'expiresAt',
  indexes: [],
}

/**
 * How the attributes inside the maps of a connection's item are called. A write costs a unit for each KB
 * of the item, names included, and the item is just under three.
 */
export const STORED_AS = {
  tokenSet: { access: 'a', refresh: 'r', expiresAt: 'e', obtainedAt: 'o' },
  authority: { loginHost: 'h', tenant: 't' },
  user: { tenantId: 't', objectId: 'o', name: 'n', username: 'u', loginHint: 'h' },
  environment: { organizationId: 'o', userId: 'u', businessUnitId: 'b' },
} as const
