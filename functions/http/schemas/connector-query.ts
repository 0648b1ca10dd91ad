import * as v from 'valibot'

/** The query of the catalogue. */
export const CONNECTOR_QUERY = v.object({ query: v.optional(v.string(), '') })
