import * as v from 'valibot'
import { ACCOUNT_ID } from '../../domain/account-id.ts'

/** The account of a path or of the header `X-Cyclr-Account`. */
export const ACCOUNT = v.pipe(
  v.string(),
  v.regex(ACCOUNT_ID, 'send an account id of 1 to 128 printable ASCII characters'),
)
