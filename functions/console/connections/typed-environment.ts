import type { CloudName } from '../../domain/clouds.ts'
import type { Resource } from '../../domain/resource.ts'
import { understandAddress } from '../../domain/typed-address.ts'
import type { Words } from '../../http/components.ts'
import type { SignedInVisit } from '../visit.ts'
import type { FormState } from './form-state.ts'

/** An environment as it was typed, or the form to look at again. */
export type TypedEnvironment =
  | { readonly resource: Resource; readonly again?: never }
  | { readonly again: FormState; readonly resource?: never }

/**
 * Reads the field `address`. Where something had to be left out of what was pasted, the form is shown once more
 * with what was understood.
 */
export function typedEnvironment(
  { words, form }: SignedInVisit,
  clouds: readonly CloudName[],
): TypedEnvironment {
  const told = words.connection.set_environment
  const understood = understandAddress(form.fields.get('address') ?? '', clouds)
  const again = (error: Words, sent = form.fields) => ({
    again: { sent, errors: { address: error } },
  })
  switch (understood.outcome) {
    case 'not_understood':
    case 'cloud_not_enabled':
      return again(told[understood.outcome])
    case 'understood': {
      const { resource, isPlain } = understood
      const mended = new Map([...form.fields, ['address', resource]])
      return isPlain ? { resource } : again(told.mended, mended)
    }
  }
}
