import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { MicrotomeError } from '../../shared/errors.ts'

/** The one form of every answer of 400 and above. */
export const errorBody = z
  .object({
    error: z.object({
      code: z.string().describe('Stable, in kebab-case; to be compared by programs'),
      message: z.string().describe('One sentence for people: what failed'),
      hint: z.string().optional().describe('What to try')
    })
  })
  .meta({
    id: 'Error',
    examples: [
      {
        error: {
          code: 'unknown-job',
          message: 'There is no job "7".',
          hint: 'GET /api/v1/jobs lists the jobs that there are.'
        }
      }
    ]
  })
export type ErrorBody = z.infer<typeof errorBody>

export interface ErrorAnswer {
  status: number
  body: ErrorBody
  retryAfterS?: number
  /** Something that is our fault and belongs into the log. */
  isBug: boolean
}

/** What the core's refusals are in HTTP; 400 where nothing is said. */
const statuses: Record<string, number> = {
  'unknown-job': 404,
  'unknown-engine': 404,
  'no-result': 404,
  'not-found': 404,
  'unsupported-media-type': 415,
  'wrong-state': 409,
  'result-gone': 410,
  'queue-full': 503,
  'too-many-streams': 503
}
const busyRetryAfterS = 5

/** What Fastify and its plugins refuse by themselves, by status; their own words name headers and limits of ours. */
const refusals: Record<number, { code: string; message: string; hint?: string }> = {
  400: { code: 'bad-request', message: 'The request can not be read.' },
  403: { code: 'forbidden', message: 'This may not be read.' },
  404: { code: 'not-found', message: 'There is nothing at this address.', hint: '/docs shows all addresses.' },
  408: { code: 'too-slow', message: 'The request took too long to arrive.' },
  412: { code: 'changed', message: 'The file is not the one that the request was made for.' },
  413: { code: 'body-too-large', message: 'The body is larger than this address takes.' },
  414: { code: 'address-too-long', message: 'The address is longer than this server takes.' },
  415: {
    code: 'unsupported-media-type',
    message: 'The body is of a type that this address does not take.',
    hint: 'Send JSON, with the header Content-Type: application/json.'
  },
  416: { code: 'range-not-satisfiable', message: 'The file has no such range.' },
  429: { code: 'too-many-requests', message: 'Too many requests.', hint: 'Wait as long as Retry-After says.' },
  503: { code: 'busy', message: 'The server can not take this now.', hint: 'Try again in a few seconds.' }
}

/** For an address that nobody serves, and for a body of a type that nobody reads. */
export function refusal(status: 404 | 415): MicrotomeError {
  const { code, message, hint } = { code: '', message: '', ...refusals[status] }
  return new MicrotomeError({ code, class: 'input', message, ...(hint !== undefined && { hint }) })
}

const invalidJson = { code: 'invalid-json', message: 'The body is not valid JSON.' }

/** Any thrown value as an answer. Of what is a bug only the fact is told. */
export function errorAnswer(thrown: unknown): ErrorAnswer {
  if (thrown instanceof MicrotomeError) return ofMicrotomeError(thrown)
  if (hasZodFastifySchemaValidationErrors(thrown)) return answer(400, misfit(thrown))
  const { status, code } = ofFramework(thrown)
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY') return answer(400, invalidJson)
  const known = refusals[status] ?? (status < 500 ? refusals[400] : undefined)
  return known ? answer(status, known) : bug
}

const bug: ErrorAnswer = {
  status: 500,
  isBug: true,
  body: {
    error: {
      code: 'internal',
      message: 'Something went wrong here that is not the fault of the request.',
      hint: "The node's log says more."
    }
  }
}

function ofMicrotomeError(error: MicrotomeError): ErrorAnswer {
  const { code, message, hint } = error
  switch (error.class) {
    case 'bug':
      return bug
    case 'node':
    case 'transport':
      return answer(503, { code, message, hint })
    case 'input':
      return answer(statuses[code] ?? 400, { code, message, hint })
  }
}

function answer(status: number, { code, message, hint }: ErrorAnswer['body']['error']): ErrorAnswer {
  const body = { error: { code, message, ...(hint !== undefined && { hint }) } }
  return { status, body, isBug: false, ...(status === 503 && { retryAfterS: busyRetryAfterS }) }
}

interface Misfit {
  validation: { instancePath: string; message?: string }[]
  validationContext?: string | undefined
}

const places: Record<string, string> = {
  body: 'field',
  querystring: 'parameter',
  params: 'part of the address',
  headers: 'header'
}

/** Names the field and what it should be, never the value: it may be a URL with credentials. */
function misfit({ validation, validationContext = 'body' }: Misfit): ErrorAnswer['body']['error'] {
  const [first] = validation
  const field = first?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const what = field === '' ? `The ${validationContext}` : `The ${places[validationContext] ?? 'field'} "${field}"`
  return { code: 'invalid-request', message: `${what} does not fit: ${first?.message ?? 'wrong value'}.` }
}

function ofFramework(thrown: unknown): { status: number; code?: unknown } {
  if (!(thrown instanceof Error)) return { status: 500 }
  const { statusCode, status, code } = thrown as { statusCode?: unknown; status?: unknown; code?: unknown }
  return { status: Number(statusCode ?? status ?? 500) || 500, code }
}
