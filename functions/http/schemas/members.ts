import * as v from 'valibot'

/** The longest text that any request needs. */
const LONGEST_TEXT = 2048

/** What a body has to be. */
export const BODY = 'send a JSON object as the body'

/** The whole numbers that are taken, both ends included. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** A member of a JSON body that is a text. */
export function text(name: string) {
  const message = `send ${name} as a text of at most ${LONGEST_TEXT} characters`
  return v.pipe(v.string(message), v.maxLength(LONGEST_TEXT, message))
}

/** A member of a JSON body that has to be a text with something in it. */
export function requiredText(name: string) {
  const missing = `${name} is required`
  const message = `send ${name} as a text of at most ${LONGEST_TEXT} characters`
  return v.pipe(
    v.string(({ input }) => (input === null ? missing : message)),
    v.maxLength(LONGEST_TEXT, message),
    v.regex(/\S/, missing),
  )
}

/** An object of a JSON body; a member that it lacks is asked for by its name. */
export function object<const Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  return v.object(entries, ({ path }) =>
    path === undefined ? message : `${String(path[0].key)} is required`,
  )
}

/** A member of a JSON body that is `true` or `false`, and `false` where it is not given. */
export function flag(name: string) {
  return v.nullish(v.boolean(`send ${name} as true or false`), false)
}

/** A member of a JSON body that is a whole number. */
export function wholeNumber(name: string, range: Range) {
  const message = numberMessage(name, range)
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(range.from, message),
    v.maxValue(range.to, message),
  )
}

/** A whole number of a query. */
export function numberParameter(name: string, range: Range) {
  const message = numberMessage(name, range)
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, message),
    v.transform(Number),
    wholeNumber(name, range),
  )
}

/** `true` or `false` of a query, in any letter case. */
export function flagParameter(name: string) {
  return v.pipe(
    v.string(),
    v.regex(/^(?:true|false)$/i, `send ${name} as true or false`),
    v.transform((given) => given.toLowerCase() === 'true'),
    v.boolean(),
  )
}

function numberMessage(name: string, { from, to }: Range): string {
  return `send ${name} as a whole number from ${from} to ${to}`
}
