import { randomBytes } from 'node:crypto'
import {
  BROKEN_BODIES,
  BROKEN_BODY_NAMES,
  BROKEN_TIMINGS,
  type BrokenBody,
} from '../support/answers.ts'
import { jsonAnswer, oauthError } from '../support/entra.ts'
import type { Fault } from '../support/stage.ts'
import type { SweepOutcome, SweepRow } from '../support/sweep-rows.ts'
import type { WireAnswer } from '../support/wire-server.ts'

const target = 'token endpoint'

export const atToken = (answer: Fault['answer']): readonly Fault[] => [{ at: 'token', answer }]

/** Answers that would issue tokens, if their status let them. */
const ISSUING = jsonAnswer(200, {
  token_type: 'Bearer',
  expires_in: 3600,
  access_token: randomBytes(40).toString('base64url'),
  refresh_token: randomBytes(40).toString('base64url'),
})

const REDIRECTS = [301, 302, 303, 307, 308]
const PASSING = [408, 429, 500, 502, 503, 504]
const CLIENT_ERRORS = [400, 401, 403, 404, 413]

/** What the status alone decides, whatever the body says. */
function byStatus(
  status: number,
  body: BrokenBody | undefined,
): Pick<SweepRow, 'outcome' | 'code'> {
  const isMalformed = status === 200 || CLIENT_ERRORS.includes(status)
  const code = isMalformed ? 'answer_not_valid' : `http_${status}`
  const isUnread = body === 'a body beyond the limit' && status !== 204
  // Where the status alone says enough, either word for it will do.
  if (isUnread && PASSING.includes(status)) return { outcome: 'transient' }
  return { outcome: 'transient', code: isUnread ? 'no_answer' : code }
}

function redirected(status: number, answer: WireAnswer): Fault['answer'] {
  if (!REDIRECTS.includes(status)) return { ...answer, status }
  const headers = { ...answer.headers, location: '../../../elsewhere' }
  return { ...answer, status, headers }
}

/** These meet every body that is no answer; the others those that they are met with in practice. */
const WITH_EVERY_BODY = [200, 307, 400, 503]
const USUAL_BODIES = ['an empty body', 'HTML', 'a body beyond the limit'] as const

const bodiesFor = (status: number): readonly BrokenBody[] =>
  WITH_EVERY_BODY.includes(status) ? BROKEN_BODY_NAMES : USUAL_BODIES

const brokenBodies = [200, 204, ...REDIRECTS, ...CLIENT_ERRORS, ...PASSING].flatMap((status) =>
  bodiesFor(status).map(
    (body): SweepRow => ({
      target,
      name: `${status} with ${body}`,
      faults: atToken(redirected(status, BROKEN_BODIES[body])),
      ...byStatus(status, body),
    }),
  ),
)

/** A body that means something does not outvote a status that says otherwise. */
const outvoted = [204, 302, 307, 403, 404, 413, ...PASSING].flatMap((status): SweepRow[] => [
  {
    target,
    name: `${status} with a token set`,
    faults: atToken(redirected(status, ISSUING)),
    ...byStatus(status, undefined),
  },
  ...(CLIENT_ERRORS.includes(status)
    ? []
    : (['invalid_grant', 'invalid_client', 'interaction_required'] as const).map(
        (error): SweepRow => ({
          target,
          name: `${status} with ${error}`,
          faults: atToken(redirected(status, { ...ISSUING, body: oauthError(error, 700082) })),
          outcome: 'transient',
          code: `http_${status}`,
        }),
      )),
])

type Refused = readonly [
  name: string,
  status: number,
  body: string,
  outcome: SweepOutcome,
  code?: string,
]

const REFUSALS: readonly Refused[] = [
  ['invalid_grant', 400, oauthError('invalid_grant'), 'reauthorization_required'],
  ['700082', 400, oauthError('invalid_grant', 700082), 'reauthorization_required'],
  ['70008', 400, oauthError('invalid_grant', 70008), 'reauthorization_required'],
  [
    '50173 bad_token',
    400,
    oauthError('invalid_grant', 50173, { suberror: 'bad_token' }),
    'reauthorization_required',
  ],
  [
    '70043 token_expired',
    400,
    oauthError('invalid_grant', 70043, { suberror: 'token_expired' }),
    'reauthorization_required',
  ],
  [
    '50076 basic_action',
    400,
    oauthError('invalid_grant', 50076, { suberror: 'basic_action' }),
    'reauthorization_required',
  ],
  [
    '65001 consent_required',
    400,
    oauthError('invalid_grant', 65001, { suberror: 'consent_required' }),
    'reauthorization_required',
  ],
  [
    'interaction_required',
    400,
    oauthError('interaction_required', 50079),
    'reauthorization_required',
  ],
  ['consent_required', 400, oauthError('consent_required'), 'reauthorization_required'],
  ['login_required', 400, oauthError('login_required'), 'reauthorization_required'],
  ['invalid_grant by 401', 401, oauthError('invalid_grant', 700082), 'reauthorization_required'],
  ['50196, which throttles', 400, oauthError('invalid_grant', 50196), 'transient', 'AADSTS50196'],
  [
    '53003 message_only',
    400,
    oauthError('invalid_grant', 53003, {
      suberror: 'message_only',
      claims: '{"access_token":{"capolids":{"essential":true}}}',
    }),
    'blocked',
    'AADSTS53003',
  ],
  [
    'message_only without a number',
    400,
    oauthError('invalid_grant', undefined, { suberror: 'message_only' }),
    'blocked',
  ],
  ['7000229 in one tenant', 401, oauthError('invalid_client', 7000229), 'blocked', 'AADSTS7000229'],
  ['700016', 400, oauthError('unauthorized_client', 700016), 'blocked', 'AADSTS700016'],
  [
    '53005',
    400,
    oauthError('unauthorized_client', 53005, { suberror: 'protection_policy_required' }),
    'blocked',
  ],
  ['invalid_request', 400, oauthError('invalid_request', 90002), 'blocked'],
  ['invalid_scope', 400, oauthError('invalid_scope', 70011), 'blocked'],
  ['invalid_resource', 400, oauthError('invalid_resource', 500011), 'blocked'],
  ['unsupported_grant_type', 400, oauthError('unsupported_grant_type'), 'blocked'],
  ['an error that nobody knows', 400, oauthError('something_new', 999999), 'blocked'],
  [
    'invalid_request that mentions 700082',
    400,
    oauthError('invalid_request', 700082),
    'blocked',
    'AADSTS700082',
  ],
  [
    'temporarily_unavailable that mentions 700082',
    400,
    oauthError('temporarily_unavailable', 700082),
    'transient',
  ],
  ['temporarily_unavailable', 400, oauthError('temporarily_unavailable', 90033), 'transient'],
  ['server_error', 400, oauthError('server_error', 50000), 'transient'],
  ['an error that is no name', 400, '{"error":"invalid_grant; or not"}', 'transient'],
  ['an error that is a number', 400, '{"error":400}', 'transient'],
  ['an error that is empty', 400, '{"error":""}', 'transient'],
  ['an error within an array', 400, '[{"error":"invalid_grant"}]', 'transient'],
  ['invalid_client by 401', 401, oauthError('invalid_client', 7000222), 'app_credential_rejected'],
  ['invalid_client by 400', 400, oauthError('invalid_client', 7000215), 'app_credential_rejected'],
]

/** Each class of OAuth error. */
const refusals = REFUSALS.map(
  ([name, status, body, outcome, code]): SweepRow => ({
    target,
    name: `${status} with ${name}`,
    faults: atToken({ status, headers: { 'content-type': 'application/json' }, body }),
    outcome,
    ...(code !== undefined && { code }),
  }),
)

/** A connection that breaks, under each kind of answer; a body that fails does not undo a status. */
const brokenTimings = [200, 400, 429, 503].flatMap((status) =>
  BROKEN_TIMINGS.map(
    (timing): SweepRow => ({
      target,
      name: `${status}, ${timing}`,
      faults: atToken({
        ...(status === 200 ? ISSUING : { body: oauthError('invalid_grant', 700082) }),
        status,
        timing,
      }),
      outcome: 'transient',
      ...(status === 200 || status === 400 ? { code: 'no_answer' } : {}),
    }),
  ),
)

export const tokenEndpointRows: readonly SweepRow[] = [
  ...brokenTimings,
  ...brokenBodies,
  ...outvoted,
  ...refusals,
]
