import { type GenericSchema, type InferOutput, safeParse } from 'valibot'
import { ServiceError } from '../../domain/service-error.ts'
import { type HttpRequest, queryOf } from '../request.ts'

/**
 * What was sent, as the schema wants it; members that it does not name are ignored.
 * @throws ServiceError `request_invalid`, in the words of the schema, which say what to send.
 */
export function parsed<Schema extends GenericSchema>(
  schema: Schema,
  sent: unknown,
): InferOutput<Schema> {
  const { success, output, issues } = safeParse(schema, sent, { abortEarly: true })
  if (success) return output
  throw new ServiceError(issues[0].message, { code: 'request_invalid' })
}

/** The query, as `parsed`; a parameter without a value is as good as absent. */
export function parsedQuery<Schema extends GenericSchema>(
  schema: Schema,
  request: HttpRequest,
): InferOutput<Schema> {
  const given = [...queryOf(request)].filter(([, value]) => value !== '')
  return parsed(schema, Object.fromEntries(given))
}
