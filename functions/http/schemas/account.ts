import * as v from 'valibot'
import { ACCOUNT_ID } from '../../domain/account-id.ts'

const MESSAGE = 'send an account id of 1 to 128 printable ASCII characters'

/** The account of a path, of the header `X-Cyclr-Account`, or of an invocation. */
export const ACCOUNT = v.pipe(v.string(MESSAGE), v.regex(ACCOUNT_ID, MESSAGE))
