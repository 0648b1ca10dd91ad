import * as v from 'valibot'

/** Longer than any refresh token of Microsoft's, with what may stand beside it. */
const LONGEST_TEXT = 16 * 1024

/** The characters of a refresh token (RFC 6749 §A.17), and no spaces alone. */
const REFRESH_TOKEN = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/

/** It says what to send and nothing of what was sent. */
const MESSAGE = `send AuthValue as {"RefreshToken": "…"}, as an object or as a text that holds this JSON, of at most ${LONGEST_TEXT} characters`

const TOKENS = v.object(
  {
    RefreshToken: v.pipe(
      v.string(MESSAGE),
      v.maxLength(LONGEST_TEXT, MESSAGE),
      v.regex(REFRESH_TOKEN, MESSAGE),
    ),
  },
  MESSAGE,
)

/**
 * The tokens that another service holds: JSON as a text, as existing client code sends it, or an object.
 * What stands beside the refresh token is not looked at.
 */
export const AUTH_VALUE = v.union(
  [
    TOKENS,
    v.pipe(
      v.string(MESSAGE),
      v.maxLength(LONGEST_TEXT, MESSAGE),
      v.parseJson(undefined, MESSAGE),
      TOKENS,
    ),
  ],
  MESSAGE,
)
