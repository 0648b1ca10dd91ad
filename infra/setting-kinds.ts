import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { originOf } from '../functions/domain/allowed-origin.ts'
import type { SettingKind } from './context-reader.ts'

const text = (write: string, holds: (text: string) => boolean): SettingKind<string> => ({
  parse: (value) => (typeof value === 'string' && holds(value) ? value : undefined),
  write,
})

const matching = (write: string, pattern: RegExp): SettingKind<string> =>
  text(write, (value) => pattern.test(value))

const isOrigin = (value: string): boolean => originOf(value) === value

/** Where people are sent. */
export const HTTPS_ORIGIN = text(
  'an https origin such as "https://connect.example.com"',
  (value) => isOrigin(value) && value.startsWith('https:'),
)

/** Where a sign-in may return to; compared letter by letter with what a link asks for. */
export const ALLOWED_ORIGIN = text(
  'each origin exactly, such as "https://app.example.com", in lower case and without a path or a slash at the end; "http://localhost:3000" for your own machine',
  isOrigin,
)

/** A host of at least two labels, as API Gateway takes it. */
export const DOMAIN_NAME = matching(
  'a host such as "connect.example.com", in lower case and without "https://"',
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
)

/** A certificate that ACM has, in any partition of AWS. */
export const CERTIFICATE_ARN = matching(
  'the ARN of a certificate of AWS Certificate Manager, such as "arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"',
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
)

export const STREAM_ARN = matching(
  'the ARN of the stream of a restored table, as "npm run restore" prints it',
  /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255}\/stream\/[0-9T:.-]+$/,
)

/** A zone by its id alone, without the `/hostedzone/` that some tools write before it. */
export const HOSTED_ZONE_ID = matching(
  'the id of a Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ"',
  /^Z[A-Z0-9]{1,31}$/,
)

/** One address, roughly: whether it is right shows when its owner confirms. */
export const MAIL_ADDRESS = matching(
  'one mail address such as "ops@example.com"',
  /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/,
)

/** A switch, which `cdk -c` writes as a word. */
export const YES_OR_NO: SettingKind<boolean> = {
  parse: (value) => [true, false].find((word) => String(word) === String(value)),
  write: 'true or false',
}

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/([0-9a-f-]{36}|mrk-[0-9a-f]{32})$/

/** A key that the stack makes, none, or one that is there already. */
export const KEY_OR_NOT: SettingKind<boolean | string> = {
  parse: (value) =>
    typeof value === 'string' && KEY_ARN.test(value) ? value : YES_OR_NO.parse(value),
  write: 'true, false, or the ARN of the KMS key that an earlier deployment made',
}

const PERIODS = Object.values(RetentionDays)
  .filter((days) => typeof days === 'number')
  .filter((days) => days !== RetentionDays.INFINITE)

/** The numbers of days that CloudWatch Logs takes; what is kept for ever costs for ever. */
export const LOG_RETENTION: SettingKind<RetentionDays> = {
  parse: (value) => PERIODS.find((days) => String(days) === String(value)),
  write: `one of the numbers of days that CloudWatch knows: ${PERIODS.join(', ')}`,
}

/** One of some words. */
export function oneOf<T extends string>(names: readonly T[], write: string): SettingKind<T> {
  return { parse: (value) => names.find((name) => name === value), write }
}

/** A whole number within bounds, both included. */
export function wholeNumber(least: number, most: number): SettingKind<number> {
  return {
    parse: (value) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      const usable = Number.isInteger(number) && Number(number) >= least && Number(number) <= most
      return usable ? Number(number) : undefined
    },
    write: `a whole number from ${least} to ${most}`,
  }
}
