import { describe, expect, test } from 'vitest'
import { updateExpressions } from '../../../functions/adapters/dynamodb-call.ts'
import {
  bytes,
  type Item,
  itemOf,
  map,
  number,
  readBytes,
  readNumber,
  readOptionalMap,
  readOptionalText,
  readOptionalTime,
  readText,
  readTime,
  readWord,
  text,
  time,
  timeToLive,
} from '../../../functions/adapters/dynamodb-item.ts'
import { at, T0 } from '../../fakes/hand-clock.ts'

const item: Item = {
  text: { S: 'a text' },
  number: { N: '42.5' },
  noNumber: { N: 'canary' },
  bytes: { B: new Uint8Array([1, 2, 3]) },
  time: { N: String(T0.getTime()) },
  map: { M: { inner: { S: 'inside' } } },
}

const malformed = (attribute: string) =>
  expect.objectContaining({ code: 'item_malformed', evidence: { attribute } })

describe('an attribute', () => {
  test('is written in the form that DynamoDB takes', () => {
    const written = {
      text: text('a'),
      number: number(1.5),
      bytes: bytes(new Uint8Array([7])),
      time: time(at(3)),
      expiry: timeToLive(new Date(1001)),
      map: map({ inner: text('b'), absent: text(undefined) }),
      absentText: text(undefined),
      absentTime: time(undefined),
    }
    expect(itemOf(written)).toEqual({
      text: { S: 'a' },
      number: { N: '1.5' },
      bytes: { B: new Uint8Array([7]) },
      time: { N: String(at(3).getTime()) },
      expiry: { N: '2' },
      map: { M: { inner: { S: 'b' } } },
    })
  })

  test('is read back as what it was', () => {
    expect([
      readText(item, 'text'),
      readOptionalText(item, 'text'),
      readNumber(item, 'number'),
      readBytes(item, 'bytes'),
      readTime(item, 'time'),
      readOptionalTime(item, 'time'),
      readOptionalMap(item, 'map', (inner) => readText(inner, 'inner')),
      readWord(item, 'text', ['another', 'a text'] as const),
    ]).toEqual(['a text', 'a text', 42.5, new Uint8Array([1, 2, 3]), T0, T0, 'inside', 'a text'])
  })

  test('that is not there is nothing where it may be absent', () => {
    expect([
      readOptionalText(item, 'nowhere'),
      readOptionalTime(item, 'nowhere'),
      readOptionalMap(item, 'nowhere', () => expect.unreachable('there is nothing to read')),
    ]).toEqual([undefined, undefined, undefined])
  })

  test.each([
    ['a text', readText, 'number'],
    ['a number', readNumber, 'text'],
    ['a number', readNumber, 'noNumber'],
    ['bytes', readBytes, 'text'],
    ['a time', readTime, 'text'],
    ['a time', readOptionalTime, 'text'],
  ] as const)('that is not %s is refused by its name, not by its value: %s', (_, read, name) => {
    expect(() => read(item, name)).toThrow(malformed(name))
  })

  test.each([readText, readNumber, readBytes, readTime])('that is missing is refused', (read) => {
    expect(() => read(item, 'nowhere')).toThrow(malformed('nowhere'))
  })

  test('that is none of the known words is refused', () => {
    expect(() => readWord(item, 'text', ['another'])).toThrow(malformed('text'))
  })
})

describe('an update', () => {
  test('sets what is there and removes what is not', () => {
    expect(
      updateExpressions({
        set: { status: text('connected'), name: text('b'), reason: undefined, failure: undefined },
        condition: '#generation = :expected AND attribute_exists(#pk)',
        values: { expected: number(3) },
      }),
    ).toEqual({
      UpdateExpression: 'SET #status = :status, #name = :name REMOVE #reason, #failure',
      ConditionExpression: '#generation = :expected AND attribute_exists(#pk)',
      ExpressionAttributeNames: {
        '#status': 'status',
        '#name': 'name',
        '#reason': 'reason',
        '#failure': 'failure',
        '#generation': 'generation',
        '#pk': 'pk',
      },
      ExpressionAttributeValues: {
        ':status': { S: 'connected' },
        ':name': { S: 'b' },
        ':expected': { N: '3' },
      },
    })
  })

  test('may only set', () => {
    const { UpdateExpression } = updateExpressions({ set: { a: number(1) }, condition: '#a = :a' })
    expect(UpdateExpression).toBe('SET #a = :a')
  })

  test('may only remove', () => {
    const { UpdateExpression, ExpressionAttributeValues } = updateExpressions({
      set: { a: undefined },
      condition: '#a = :old',
      values: { old: number(1) },
    })
    expect(UpdateExpression).toBe('REMOVE #a')
    expect(ExpressionAttributeValues).toEqual({ ':old': { N: '1' } })
  })

  test('names an attribute once, though it is set and in the condition', () => {
    const update = { set: { a: number(1) }, condition: '#a = :old', values: { old: number(0) } }
    expect(updateExpressions(update).ExpressionAttributeNames).toEqual({ '#a': 'a' })
  })
})
