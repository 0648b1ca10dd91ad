import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/**
 * The size of an item as DynamoDB bills it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  const parts = Object.entries(item).map(
    ([name, value]) => Buffer.byteLength(name) + bytesOf(value),
  )
  return parts.reduce((sum, part) => sum + part, 0)
}

/** A map or a list takes three bytes, and one for each element. */
const CONTAINER_BYTES = 3

function bytesOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 1
  if (value.B !== undefined) return value.B.length
  if (value.M !== undefined) {
    return CONTAINER_BYTES + Object.keys(value.M).length + itemBytes(value.M)
  }
  return 1
}
