import * as v from 'valibot'
import { MIN_VALIDITY } from '../http/schemas/access-token-query.ts'
import { ACCOUNT } from '../http/schemas/account.ts'
import { flag, wholeNumber } from '../http/schemas/members.ts'

const SEND = 'send {"token": {"accountId": "acme", "connectionId": 123}}'

const CONNECTION_ID = 'send connectionId as the number that is the Id of an account connector'

/** An invocation that asks for a token; `minValidity` is in seconds. */
export const TOKEN_EVENT = v.object(
  {
    token: v.object(
      {
        accountId: ACCOUNT,
        connectionId: v.pipe(
          v.number(CONNECTION_ID),
          v.safeInteger(CONNECTION_ID),
          v.minValue(1, CONNECTION_ID),
        ),
        minValidity: v.nullish(wholeNumber('minValidity', MIN_VALIDITY), MIN_VALIDITY.otherwise),
        forceRefresh: flag('forceRefresh'),
      },
      SEND,
    ),
  },
  SEND,
)
