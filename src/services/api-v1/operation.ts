import type { FastifySchema } from 'fastify'
import { z } from 'zod'
import { errorBody } from './error-answer.ts'

const meanings = {
  400: 'The request does not fit; the message names the field.',
  401: 'The key is missing or wrong.',
  403: 'The key may not do this.',
  404: 'There is no such thing.',
  409: 'The job is in a state in which this can not be done.',
  410: 'It was here and is gone.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'The body is not JSON.',
  416: 'The result has no such range.',
  429: 'Too many requests; Retry-After says when to come back.',
  500: 'A fault of this server.',
  503: 'Not now; Retry-After says when to come back.'
} as const

type FailureStatus = keyof typeof meanings

/** One kind of answer: without a body where there is no schema; JSON where `type` says nothing else. */
interface Answer {
  description: string
  schema?: z.ZodType
  type?: string
}

/** What there is to say about a route: for its document, its validation, and the form of its answers. */
export interface Operation extends Pick<FastifySchema, 'params' | 'querystring' | 'body' | 'headers'> {
  operationId: string
  tag: 'jobs' | 'events' | 'engines' | 'system'
  summary: string
  description?: string
  answers: Record<number, Answer>
  /** Beside those that every route has. */
  failures?: readonly FailureStatus[]
}

const everywhere = [401, 403, 429, 500] as const satisfies FailureStatus[]

const ofParams = [400, 414] as const satisfies FailureStatus[]

/** The schema of a route. */
export function operation({ tag, answers, failures = [], ...rest }: Operation): FastifySchema {
  const response = Object.fromEntries([
    ...Object.entries(answers).map(([status, answer]) => [status, content(answer)]),
    ...[...everywhere, ...(rest.params ? ofParams : []), ...failures].map((status) => [
      status,
      content({ description: meanings[status], schema: errorBody })
    ])
  ])
  return { ...rest, tags: [tag], response }
}

function content({ description, schema, type = 'application/json' }: Answer) {
  return schema ? { description, content: { [type]: { schema } } } : z.undefined().describe(description)
}
