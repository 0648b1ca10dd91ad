import { BROKEN_BODIES, BROKEN_BODY_NAMES } from '../support/answers.ts'
import { awsAnswer, awsError } from '../support/other-upstreams.ts'
import type { Fault } from '../support/stage.ts'
import type { WireAnswer } from '../support/wire-server.ts'

/** One way in which an AWS service does not answer as it should. */
export interface AwsFault {
  readonly name: string
  readonly answer: WireAnswer
  /** The SDK takes it for an answer without content. */
  readonly looksEmpty?: boolean
}

const AWS_JSON = { 'content-type': 'application/x-amz-json-1.0' }

const refusals: readonly AwsFault[] = [
  { name: '500 InternalServerError', answer: awsError(500, 'InternalServerError') },
  { name: '503 with HTML', answer: { status: 503, ...BROKEN_BODIES.HTML } },
  { name: '502 with HTML', answer: { status: 502, ...BROKEN_BODIES.HTML } },
  { name: '504 with nothing', answer: { status: 504 } },
  {
    name: '400 ProvisionedThroughputExceededException',
    answer: awsError(400, 'ProvisionedThroughputExceededException'),
  },
  { name: '400 ThrottlingException', answer: awsError(400, 'ThrottlingException') },
  { name: '400 AccessDeniedException', answer: awsError(400, 'AccessDeniedException') },
  { name: '400 ResourceNotFoundException', answer: awsError(400, 'ResourceNotFoundException') },
  { name: '400 ValidationException', answer: awsError(400, 'ValidationException') },
  { name: '400 with HTML', answer: { status: 400, ...BROKEN_BODIES.HTML } },
  { name: '401 with nothing', answer: { status: 401 } },
  { name: '403 with HTML', answer: { status: 403, ...BROKEN_BODIES.HTML } },
  { name: '404 with nothing', answer: { status: 404 } },
  { name: '408 with nothing', answer: { status: 408 } },
  { name: '413 with nothing', answer: { status: 413 } },
  { name: '429 with Retry-After', answer: { status: 429, headers: { 'retry-after': '1' } } },
]

const redirects = [301, 307].map(
  (status): AwsFault => ({
    name: `${status}`,
    answer: { status, headers: { location: '/elsewhere' } },
  }),
)

/** What is no JSON object is either refused by the SDK or empty to it. */
const bodies = BROKEN_BODY_NAMES.map(
  (body): AwsFault => ({
    name: `200 with ${body}`,
    answer: { ...BROKEN_BODIES[body], headers: AWS_JSON },
    looksEmpty: true,
  }),
)

const misshapen: readonly AwsFault[] = [
  {
    name: '200 with fields of wrong types',
    answer: awsAnswer(200, { Item: 'x', Items: 7, Responses: [], Attributes: 1, SecretString: {} }),
    looksEmpty: true,
  },
  { name: '204', answer: { status: 204 }, looksEmpty: true },
]

const broken = (['reset', 'reset_midway', 'half_close'] as const).map(
  (timing): AwsFault => ({
    name: timing,
    answer: { headers: AWS_JSON, body: '{"Item":{"pk":{"S":"x"}}}', timing },
  }),
)

export const AWS_FAULTS: readonly AwsFault[] = [
  ...refusals,
  ...redirects,
  ...bodies,
  ...misshapen,
  ...broken,
]

/** The few of them that every operation meets. */
export const USUAL_AWS_FAULTS = AWS_FAULTS.filter(({ name }) =>
  [
    '500 InternalServerError',
    '503 with HTML',
    '400 ThrottlingException',
    '400 AccessDeniedException',
    '307',
    '200 with an empty body',
    '200 with truncated JSON',
    'reset',
    'half_close',
  ].includes(name),
)

/** No byte, or none after the first, for as long as the SDK waits. */
export const SLOW_AWS_FAULTS: readonly AwsFault[] = (['silent', 'stall'] as const).map(
  (timing) => ({
    name: timing,
    answer: { headers: AWS_JSON, body: '{"Item":{"pk":{"S":"x"}}}', timing },
  }),
)

/** What the SDK gets over by itself when it happens once. */
export const PASSING_AWS_FAULTS = [...AWS_FAULTS, ...SLOW_AWS_FAULTS].filter(({ name }) =>
  ['500 InternalServerError', '400 ThrottlingException', 'reset', 'silent', 'stall'].includes(name),
)

/** The real answer, well delivered but without its end, so that whoever reads it holds it in an error. */
export const cutShort: Fault['answer'] = async (real) => {
  const answer = await real()
  const body = Buffer.from(answer.body ?? '')
  return { ...answer, body: body.subarray(0, body.length - 3) }
}

/** It was done, and the answer never came. */
export const lostAnswer: Fault['answer'] = async (real) => {
  await real()
  return { timing: 'reset' }
}
