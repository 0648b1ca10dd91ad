import * as v from 'valibot'
import { DEFAULT_MIN_VALIDITY_SECONDS, MIN_VALIDITY_SECONDS } from './access-token-query.ts'
import { ACCOUNT } from './account.ts'
import { flag, wholeNumber } from './members.ts'

const TOKEN = 'send {"token": {"accountId": "acme", "connectionId": 123}}'

/** Ids are positive 32-bit integers. */
const IDS = { from: 1, to: 2 ** 31 - 1 }

/** What somebody sends whom IAM lets invoke the function. */
export const TOKEN_EVENT = v.object(
  {
    token: v.object(
      {
        accountId: ACCOUNT,
        connectionId: wholeNumber('connectionId', IDS),
        minValidity: v.nullish(
          wholeNumber('minValidity', MIN_VALIDITY_SECONDS),
          DEFAULT_MIN_VALIDITY_SECONDS,
        ),
        forceRefresh: flag('forceRefresh'),
      },
      TOKEN,
    ),
  },
  TOKEN,
)
