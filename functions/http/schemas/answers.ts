import * as v from 'valibot'

/*
 * What all answers are made of. The modules of answers are read for their types and by the description of the
 * API; no function loads them.
 */

/** A text of an answer. */
export function told(description: string) {
  return v.pipe(v.string(), v.description(description))
}

/** A text of an answer that may not be known. */
export function toldOrNull(description: string) {
  return v.pipe(v.nullable(v.string()), v.description(description))
}

/** A whole number of an answer. */
export function counted(description: string) {
  return v.pipe(v.number(), v.integer(), v.description(description))
}

/** A time of an answer. */
export function time(description: string) {
  return v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.description(description),
    v.examples(['2026-03-01T09:30:00.0000000Z']),
  )
}

/** A time of an answer that may not have come. */
export function timeOrNull(description: string) {
  return v.pipe(v.nullable(v.pipe(v.string(), v.isoTimestamp())), v.description(description))
}

/** A list of an answer. */
export function list<const Item extends v.GenericSchema>(item: Item, description: string) {
  return v.pipe(v.array(item), v.readonly(), v.description(description))
}
