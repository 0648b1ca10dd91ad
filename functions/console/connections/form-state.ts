import type { Words } from '../../http/components.ts'

/** What a form opens with: what was sent where it is shown again, and what is wrong with it. */
export interface FormState {
  readonly sent: ReadonlyMap<string, string>
  readonly errors: Readonly<Partial<Record<string, Words>>>
}

/** A form that nobody has filled in. */
export const UNTOUCHED: FormState = { sent: new Map(), errors: {} }

/** The value and the error of a field. */
export function stateOf(
  { sent, errors }: FormState,
  field: string,
  otherwise = '',
): { readonly value: string; readonly error: Words | undefined } {
  return { value: sent.get(field) ?? otherwise, error: errors[field] }
}

/** Longer names and notes are of no use to anybody. */
const LONGEST_LABEL = 200

/** A name or a note as it was typed; `undefined` when it is empty or too long. */
export function labelOf(sent: ReadonlyMap<string, string>, field: string): string | undefined {
  const text = sent.get(field)?.trim() ?? ''
  return text === '' || text.length > LONGEST_LABEL ? undefined : text
}
