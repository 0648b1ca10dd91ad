import { oauthError } from '../support/entra.ts'
import type { Fault } from '../support/stage.ts'
import type { SweepOutcome, SweepRow } from '../support/sweep-rows.ts'
import {
  AWS_FAULTS,
  type AwsFault,
  lostAnswer,
  PASSING_AWS_FAULTS,
  SLOW_AWS_FAULTS,
  USUAL_AWS_FAULTS,
} from './aws-answers.ts'
import { atToken } from './token-endpoint-rows.ts'

/** One operation of the refresh engine on DynamoDB. */
interface Operation {
  readonly name: string
  /** What the sweep comes to when the operation works. */
  readonly works: SweepOutcome
  /** What it may come to when the operation fails for good. */
  readonly fails: readonly SweepOutcome[]
  /** What it may come to when the answer is empty though it should not be. */
  readonly empty: readonly SweepOutcome[]
  readonly tokenRequests: number
  /** What leads to the operation. */
  readonly also?: readonly Fault[]
  /** What the partner gets when it fails, and when its answer is empty. */
  readonly serves?: { readonly fails: number; readonly empty: readonly number[] }
}

const atTokenBody = (status: number, error: string, code: number) =>
  atToken({
    status,
    body: oauthError(error, code),
    headers: { 'content-type': 'application/json' },
  })

const OPERATIONS: readonly Operation[] = [
  {
    name: 'read',
    works: 'refreshed',
    fails: ['error'],
    empty: ['gone', 'error'],
    tokenRequests: 0,
    serves: { fails: 503, empty: [404, 500, 503] },
  },
  {
    name: 'due',
    works: 'refreshed',
    fails: ['failed'],
    empty: ['nothing', 'failed'],
    tokenRequests: 0,
  },
  {
    name: 'brakes',
    works: 'refreshed',
    fails: ['error'],
    empty: ['refreshed', 'error'],
    tokenRequests: 0,
  },
  {
    name: 'claim',
    works: 'refreshed',
    fails: ['error'],
    empty: ['refreshed', 'error'],
    tokenRequests: 0,
  },
  {
    name: 'store',
    works: 'refreshed',
    fails: ['error'],
    empty: ['refreshed', 'error'],
    tokenRequests: 1,
  },
  {
    name: 'postpone',
    works: 'transient',
    fails: ['error'],
    empty: ['transient', 'error'],
    tokenRequests: 1,
    also: atToken({ status: 500 }),
  },
  {
    name: 'hold',
    works: 'transient',
    fails: ['error'],
    empty: ['transient', 'error'],
    tokenRequests: 1,
    also: atToken({ status: 429, headers: { 'retry-after': '120' } }),
  },
  {
    name: 'require sign-in',
    works: 'reauthorization_required',
    fails: ['error'],
    empty: ['reauthorization_required', 'error'],
    tokenRequests: 1,
    also: atTokenBody(400, 'invalid_grant', 700082),
  },
  {
    name: 'open breaker',
    works: 'app_credential_rejected',
    fails: ['error'],
    empty: ['app_credential_rejected', 'error'],
    tokenRequests: 1,
    also: atTokenBody(401, 'invalid_client', 7000222),
  },
]

function row(
  operation: Operation,
  fault: Pick<AwsFault, 'name'> & Fault,
  outcome: SweepRow['outcome'],
): SweepRow {
  const { name, ...at } = fault
  return {
    target: `DynamoDB, ${operation.name}`,
    name,
    faults: [at, ...(operation.also ?? [])],
    outcome,
  }
}

const at = ({ name }: Operation): string => `dynamodb: ${name}`

/** It stays broken. An empty answer to a write says that nothing is amiss: what counts is what is stored. */
function staysBroken(operation: Operation, fault: AwsFault): SweepRow {
  const outcome = fault.looksEmpty ? operation.empty : operation.fails
  const { name, answer } = fault
  const { fails = 200, empty = 200 } = operation.serves ?? {}
  const tokenRequests = fault.looksEmpty ? 1 : operation.tokenRequests
  const serves = fault.looksEmpty ? empty : fails
  return {
    ...row(operation, { name, answer, at: at(operation) }, outcome),
    tokenRequests,
    serves,
    // What is taken for a malformed item is set aside.
    ...(fault.looksEmpty && operation.name === 'store' && { isLostByStore: true }),
    ...(fault.looksEmpty && operation.name === 'read' && { mayAlsoWrite: ['nextRefreshAt'] }),
  }
}

/** The empty answers of these writes hide that nothing was stored, which no later check can tell. */
const TELLS_NOTHING = ['postpone', 'require sign-in', 'open breaker', 'hold']

function faultsOf({ name }: Operation): readonly AwsFault[] {
  const faults = name === 'read' ? AWS_FAULTS : USUAL_AWS_FAULTS
  return faults.filter(({ looksEmpty }) => !(looksEmpty && TELLS_NOTHING.includes(name)))
}

/** The store is tried for so long that a sweep would end before its patience does. */
const slowRows = OPERATIONS.filter(({ name }) => name !== 'store').flatMap((operation) =>
  SLOW_AWS_FAULTS.map((fault) => staysBroken(operation, fault)),
)

const otherRows = OPERATIONS.flatMap((operation) => [
  ...faultsOf(operation).map((fault) => staysBroken(operation, fault)),
  ...PASSING_AWS_FAULTS.map(({ name, answer }) =>
    row(operation, { name: `${name}, once`, answer, at: at(operation), times: 1 }, operation.works),
  ),
  row(
    operation,
    { name: 'done, but the answer is lost', answer: lostAnswer, at: at(operation), times: 1 },
    operation.works,
  ),
])

/** What was issued is not given up for a store that refuses it at first. */
const stubbornRows = AWS_FAULTS.filter(({ name }) => /AccessDenied|Validation|HTML/.test(name))
  .filter(({ looksEmpty }) => !looksEmpty)
  .map(
    ({ name, answer }): SweepRow => ({
      target: 'DynamoDB, store',
      name: `${name}, twice`,
      faults: [{ at: 'dynamodb: store', answer, times: 2 }],
      outcome: 'refreshed',
    }),
  )

export const dynamodbRows: readonly SweepRow[] = [...slowRows, ...stubbornRows, ...otherRows]
