import * as v from 'valibot'

/** Longer than any refresh token of Microsoft's, with what may stand beside it. */
const LONGEST = 16 * 1024

const MESSAGE = `send AuthValue as {"RefreshToken": "…"}, as an object or as a text that holds this JSON, of at most ${LONGEST} characters`

/** Printable characters (RFC 6749 §A.17), one of which is not a space. */
const REFRESH_TOKEN = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/

const GRANT = v.object(
  {
    RefreshToken: v.pipe(
      v.string(MESSAGE),
      v.maxLength(LONGEST, MESSAGE),
      v.regex(REFRESH_TOKEN, MESSAGE),
    ),
  },
  MESSAGE,
)

/** A grant that was obtained elsewhere: an object, or its JSON as a text, as existing client code sends it. */
export const AUTH_VALUE = v.union(
  [GRANT, v.pipe(v.string(), v.maxLength(LONGEST, MESSAGE), v.parseJson({}, MESSAGE), GRANT)],
  MESSAGE,
)
