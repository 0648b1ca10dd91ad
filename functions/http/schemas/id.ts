import * as v from 'valibot'
import { ID as WRITTEN } from '../id.ts'
import { wholeNumber } from './members.ts'

/** The id of a connection or property in a path, which `idOf` reads: anything else is not found. */
export const ID = v.pipe(
  v.string(),
  v.regex(WRITTEN),
  v.transform(Number),
  wholeNumber('id', { from: 1, to: 9_999_999_999 }),
)
