import { ServiceError } from '../domain/service-error.ts'
import { bodyBytesOf, formBodyOf, type HttpRequest, headerOf } from './request.ts'

/** Far more than is kept of any file: whoever chose one that is too large is told so beside its field. */
const FILES_LIMIT_BYTES = 4 * 1024 * 1024

/** What a form of a page sent. */
export interface FormBody {
  readonly fields: ReadonlyMap<string, string>
  /** The files that were chosen, by the names of their fields. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/**
 * The body of a form, with files or without.
 * @throws ServiceError as `formBodyOf`.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export async function formWithFilesOf(request: HttpRequest): Promise<FormBody> {
  const contentType = headerOf(request, 'content-type') ?? ''
  if (!contentType.toLowerCase().startsWith('multipart/form-data')) {
    return { fields: formBodyOf(request), files: new Map() }
  }
  const body = await parsed(bodyBytesOf(request, FILES_LIMIT_BYTES), contentType)
  const fields = new Map<string, string>()
  const files = new Map<string, Uint8Array>()
  for (const [name, value] of body) {
    if (fields.has(name) || files.has(name)) throw malformed()
    if (typeof value === 'string') fields.set(name, value)
    // A field for a file without one is sent as a file of no bytes.
    else if (value.size > 0) files.set(name, await value.bytes())
  }
  return { fields, files }
}

async function parsed(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Iterable<[string, string | File]>> {
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData()
  } catch (error) {
    throw malformed(error)
  }
}

function malformed(cause?: unknown): ServiceError {
  return new ServiceError('send each form field once, as a browser sends a form', {
    code: 'request_invalid',
    cause,
  })
}
