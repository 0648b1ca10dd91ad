import { randomBytes } from 'node:crypto'
import type { WireAnswer } from './wire-server.ts'

const HTML = '<html><body><h2>Our services are not available right now</h2></body></html>'

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const HTML_TYPE = { 'content-type': 'text/html' }

/** Longer than any answer that is read. */
const HUGE = JSON.stringify({ access_token: randomBytes(300 * 1024).toString('base64url') })

/** Bodies that are no answer, by their names. */
export const BROKEN_BODIES = {
  'an empty body': { body: '', headers: JSON_TYPE },
  HTML: { body: HTML, headers: HTML_TYPE },
  'HTML that calls itself JSON': { body: HTML, headers: JSON_TYPE },
  'truncated JSON': { body: '{"access_token":"ab', headers: JSON_TYPE },
  'wrong types': {
    body: '{"access_token":42,"token_type":["Bearer"],"expires_in":{},"error":7}',
    headers: JSON_TYPE,
  },
  'an array': { body: '[{"access_token":"x"}]', headers: JSON_TYPE },
  null: { body: 'null', headers: JSON_TYPE },
  'invalid UTF-8': {
    body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0xc3, 0x28, 0x7d]),
    headers: JSON_TYPE,
  },
  'a body beyond the limit': { body: HUGE, headers: JSON_TYPE },
  'no content type': { body: '{}', headers: {} },
} as const satisfies Record<string, WireAnswer>

export type BrokenBody = keyof typeof BROKEN_BODIES

export const BROKEN_BODY_NAMES = Object.keys(BROKEN_BODIES) as readonly BrokenBody[]

/** How a connection may break, each with the well-behaved answer that it breaks. */
export const BROKEN_TIMINGS = [
  'silent',
  'stall',
  'drip',
  'reset',
  'reset_midway',
  'half_close',
] as const

/** The forms of Retry-After, and within which seconds the next attempt must then be. */
export const RETRY_AFTER_FORMS: readonly {
  readonly name: string
  readonly value: () => string | readonly string[]
  readonly least: number
  readonly most: number
}[] = [
  { name: 'seconds', value: () => '120', least: 120, most: 130 },
  { name: 'seconds beyond the back-off', value: () => '1800', least: 1800, most: 1810 },
  { name: 'zero', value: () => '0', least: 60, most: 80 },
  { name: 'a negative number', value: () => '-120', least: 60, most: 80 },
  { name: 'a fraction', value: () => '120.5', least: 60, most: 130 },
  { name: 'a date to come', value: () => dateIn(600), least: 598, most: 610 },
  { name: 'a date of a day to come', value: () => dateIn(86_400), least: 3600, most: 3610 },
  { name: 'a date that is past', value: () => dateIn(-600), least: 60, most: 80 },
  { name: 'garbage', value: () => 'soon', least: 60, most: 80 },
  { name: 'garbage with a number', value: () => 'try in 2099', least: 60, most: 80 },
  { name: 'nothing', value: () => '', least: 60, most: 80 },
  { name: 'a year', value: () => '31536000', least: 3600, most: 3610 },
  { name: 'more digits than a number has', value: () => '9'.repeat(12), least: 3600, most: 3610 },
  { name: 'seconds with blanks around', value: () => ' 300 ', least: 300, most: 310 },
  { name: 'the same twice', value: () => ['240', '240'], least: 240, most: 250 },
  { name: 'two that differ', value: () => ['120', '900'], least: 900, most: 910 },
]

/** An HTTP date (RFC 9110 §5.6.7), so many seconds from now. */
export function dateIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toUTCString()
}
