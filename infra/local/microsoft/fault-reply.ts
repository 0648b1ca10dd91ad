import type { StandInContext } from './context.ts'
import type { Fault } from './faults.ts'
import { refusal, refuse } from './refusals.ts'
import { json, type Reply } from './reply.ts'

/** More than any client should read: 8 MiB of one JSON string. */
const HUGE_BODY_BYTES = 8 * 1024 * 1024

const OUTAGE = "<html><body><h2>Our services aren't available right now</h2></body></html>"

/** What the fault answers in the endpoint's stead; `undefined` lets the endpoint answer. */
export function faultReply(context: StandInContext, fault: Fault): Reply | undefined {
  const bare = bareReply(context, fault)
  if (bare === undefined) return undefined
  const status = fault.status ?? bare.status
  const contentType = fault.contentType === undefined ? {} : { 'content-type': fault.contentType }
  const headers = { ...bare.headers, ...contentType, ...lowerCased(fault.headers ?? {}) }
  return { status, headers, body: fault.body ?? bare.body }
}

function bareReply(context: StandInContext, fault: Fault): Reply | undefined {
  switch (fault.kind) {
    case 'huge':
      return json(200, { padding: 'x'.repeat(HUGE_BODY_BYTES) })
    case 'empty':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '' }
    case 'redirect':
      return { status: 302, headers: { location: `${context.url}/redirected` }, body: '' }
    default:
      return answered(context, fault)
  }
}

function answered(context: StandInContext, fault: Fault): Reply | undefined {
  if (fault.code !== undefined) return codeReply(context, fault.code, fault)
  if (fault.status === undefined && fault.body === undefined) return undefined
  const contentType = fault.body === undefined ? 'text/html' : 'application/json; charset=utf-8'
  return { status: 200, headers: { 'content-type': contentType }, body: OUTAGE }
}

/** Dataverse and Global Discovery have error numbers of their own. */
function codeReply(context: StandInContext, code: number, { endpoint }: Fault): Reply {
  if (endpoint !== 'whoami' && endpoint !== 'globaldisco')
    return refuse(refusal(code, context.now()))
  const hexadecimal = `0x${(code >>> 0).toString(16).padStart(8, '0')}`
  return json(403, { error: { code: hexadecimal, message: 'The request was refused.' } })
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
