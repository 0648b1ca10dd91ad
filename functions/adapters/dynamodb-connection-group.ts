import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { CONNECTION_GROUPS, type ConnectionGroup } from '../domain/connection-group.ts'
import { text } from './dynamodb-item.ts'

/**
 * Into how many parts each group is cut in the indexes of the directory. A partition of an index takes 1,000
 * writes a second, and a change of state is one in the group that it leaves and one in that which it enters:
 * two parts keep a change of everything, such as a revocation, clear of that. More make each page dearer.
 */
const GROUP_SHARDS = 2

const STORED_AS_LETTER = {
  pending: 'p',
  connected: 'c',
  disconnected: 'd',
  user: 'u',
  administrator: 'a',
  application_owner: 'o',
  nobody: 'n',
} as const satisfies Record<ConnectionGroup, string>

/** The attribute that puts a connection into its part of a group. */
export function writeGroup(connectionId: number, group: ConnectionGroup): AttributeValue.SMember {
  return text(`${STORED_AS_LETTER[group]}${connectionId % GROUP_SHARDS}`)
}

/** The parts of these groups, in the order of all groups; of every group where none is named. */
export function partitionsOf(groups: readonly ConnectionGroup[]): readonly string[] {
  const wanted = CONNECTION_GROUPS.filter((group) => groups.length === 0 || groups.includes(group))
  return wanted.flatMap((group) =>
    Array.from({ length: GROUP_SHARDS }, (_, shard) => `${STORED_AS_LETTER[group]}${shard}`),
  )
}
