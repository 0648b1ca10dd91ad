import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  flag,
  flagParameter,
  numberParameter,
  object,
  requiredText,
  text,
  wholeNumber,
} from '../../../../functions/http/schemas/members.ts'
import { parsed, parsedQuery } from '../../../../functions/http/schemas/parse.ts'
import { httpEvent } from '../../support/http-event.ts'

const refused = expect.objectContaining({ name: 'ServiceError', code: 'request_invalid' })

/** Reads one member of a JSON body. */
const member = (schema: v.GenericSchema, body: object) =>
  parsed(object({ Name: schema }, 'send objects'), body)

describe('a member of a body', () => {
  test('that is a text is read as it is', () => {
    expect(member(requiredText('Name'), { Name: ' a ' })).toEqual({ Name: ' a ' })
    const longest = 'x'.repeat(2048)
    expect(member(v.nullish(text('Name')), { Name: longest })).toEqual({ Name: longest })
  })

  test('that nothing names is ignored', () => {
    expect(member(text('Name'), { Name: 'x', Id: 7, __proto__: 'x' })).toEqual({ Name: 'x' })
  })

  test.each([undefined, null, '', '  '])('that has to be there is not %j', (Name) => {
    const body = Name === undefined ? {} : { Name }
    const read = () => member(requiredText('Name'), body)
    expect(read).toThrow('Name is required')
    expect(read).toThrow(refused)
  })

  test('that may be absent may be null', () => {
    expect(member(v.nullish(text('Name')), {})).toEqual({})
    expect(member(v.nullish(text('Name')), { Name: null })).toEqual({ Name: null })
  })

  test.each([7, true, {}, ['canary'], 'x'.repeat(2049)])('that is a text is not %j', (Name) => {
    for (const schema of [requiredText('Name'), v.nullish(text('Name'))]) {
      expect(() => member(schema, { Name })).toThrow(
        /^send Name as a text of at most 2048 characters$/,
      )
    }
  })

  test('is not one that every object has', () => {
    const schema = object({ toString: requiredText('toString') }, 'send objects')
    expect(() => parsed(schema, {})).toThrow(refused)
  })

  test.each(['canary', 7, null])('is of no object in %j', (body) => {
    expect(() => parsed(object({ Name: text('Name') }, 'send objects'), body)).toThrow(
      /^send objects$/,
    )
  })

  test.each([
    [true, true],
    [false, false],
    [null, false],
  ])('that is a flag, %j, is %s', (Name, expected) => {
    expect(member(flag('Name'), { Name })).toEqual({ Name: expected })
    expect(member(flag('Name'), {})).toEqual({ Name: false })
  })

  test.each(['true', 1, {}])('that is a flag is not %j', (Name) => {
    expect(() => member(flag('Name'), { Name })).toThrow('send Name as true or false')
  })

  test.each([0, 101, 1.5, '7', Number.NaN, Number.POSITIVE_INFINITY])(
    'that is a number of a range is not %j',
    (Name) => {
      const schema = wholeNumber('Name', { from: 1, to: 100 })
      expect(() => member(schema, { Name })).toThrow('send Name as a whole number from 1 to 100')
    },
  )
})

describe('a number of a query', () => {
  const schema = v.object({
    page: v.optional(numberParameter('page', { from: 1, to: 100 }), '25'),
  })
  const read = (page: string) => parsedQuery(schema, httpEvent({ query: { page } })).page

  test.each([
    ['1', 1],
    ['100', 100],
    ['007', 7],
    ['', 25],
  ])('%j is %i', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test('that is not there is what it is otherwise', () => {
    expect(parsedQuery(schema, httpEvent())).toEqual({ page: 25 })
  })

  test.each([
    '0',
    '101',
    '-1',
    '1.5',
    '1e1',
    '0x1',
    ' 1',
    'one',
    '9'.repeat(20),
    'Infinity',
    'NaN',
  ])('%j is refused', (text) => {
    expect(() => read(text)).toThrow('send page as a whole number from 1 to 100')
  })
})

describe('a flag of a query', () => {
  const schema = v.object({ on: v.optional(flagParameter('on'), 'true') })
  const read = (on: string) => parsedQuery(schema, httpEvent({ query: { on } })).on

  test.each([
    ['true', true],
    ['True', true],
    ['false', false],
    ['FALSE', false],
    ['', true],
  ])('%j is %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test.each(['1', '0', 'yes', 'tru'])('%j is refused', (text) => {
    expect(() => read(text)).toThrow('send on as true or false')
  })
})
