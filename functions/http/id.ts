/** An id as paths and links write it. */
export const ID = /^[1-9]\d{0,9}$/

/** The id of a connection or property in a path; anything else names nothing. */
export function idOf(text: string): number | undefined {
  return ID.test(text) ? Number(text) : undefined
}
