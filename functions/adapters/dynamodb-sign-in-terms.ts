import type { SignInTerms } from '../domain/sign-in-terms.ts'
import {
  type Attributes,
  flag,
  type Item,
  readFlag,
  readOptionalText,
  text,
} from './dynamodb-item.ts'

/** The attributes of whatever carries what the partner asked for. */
export function writeTerms(terms: SignInTerms): Attributes {
  return {
    expectedTenantId: text(terms.expectedTenantId),
    expectedObjectId: text(terms.expectedObjectId),
    allowsUserChange: flag(terms.allowsUserChange),
    needsConfirmation: flag(terms.needsConfirmation),
  }
}

export function readTerms(item: Item): SignInTerms {
  return {
    expectedTenantId: readOptionalText(item, 'expectedTenantId'),
    expectedObjectId: readOptionalText(item, 'expectedObjectId'),
    allowsUserChange: readFlag(item, 'allowsUserChange'),
    needsConfirmation: readFlag(item, 'needsConfirmation'),
  }
}
