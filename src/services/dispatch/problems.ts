import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { MicrotomeError, toJobError } from '../../shared/errors.ts'
import type { ServiceContext } from '../host/service.ts'
import type { Answers } from './answers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route whose errors deployed programs answer as text: in their words, where `field` is missing and where JSON is none. */
    plainErrors?: { field: string; missing: string; malformed: string }
  }
}

/** Why a request is not done, in the words of deployed programs; `text` where those answer plain text. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly details: string | undefined
  readonly text: boolean
  readonly retryAfterS: number | undefined
  /** Of the body, where one is wrong. */
  readonly field: string | undefined

  constructor(
    status: number,
    message: string,
    options: {
      type?: string
      details?: string | undefined
      text?: boolean
      retryAfterS?: number
      field?: string
    } = {}
  ) {
    super(message)
    this.name = 'Problem'
    this.status = status
    this.type = options.type ?? typeOf(status)
    this.details = options.details
    this.text = options.text ?? false
    this.retryAfterS = options.retryAfterS
    this.field = options.field
  }
}

const jobNotFound = () => new Problem(404, 'Job not found', { text: true })

/** The body of a {@link Problem} as JSON. */
export function problemBody(problem: Problem) {
  const { message, type, details, status } = problem
  return { error: message, error_type: type, ...(details !== undefined && { details }), status }
}

/** Answers everything that a handler, a schema, a parser or Fastify itself throws; never a stack, never 500 but for a bug. */
export function problemHandler(answers: Answers, log: ServiceContext['log']) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(thrown)
    if (problem.status === 500)
      log.warn('A request failed', { route: request.routeOptions.url, error: wordsOf(thrown) })
    if (problem.retryAfterS !== undefined) reply.header('retry-after', String(problem.retryAfterS))
    reply.code(problem.status)
    const text = answers.textErrors ? textOf(problem, request.routeOptions.config) : undefined
    return text === undefined
      ? reply.type('application/json; charset=utf-8').send(JSON.stringify(problemBody(problem)))
      : reply.type('text/plain; charset=utf-8').send(text)
  }
}

/** What a deployed program answers as text; undefined where it answers JSON. */
function textOf(problem: Problem, { plainErrors }: FastifyContextConfig): string | undefined {
  if (plainErrors === undefined || problem.status !== 400) return problem.text ? problem.message : undefined
  if (problem.type === 'json_parse_error') return plainErrors.malformed
  return problem.field === plainErrors.field ? plainErrors.missing : problem.message
}

function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (thrown instanceof MicrotomeError) return fromEngine(thrown)
  if (hasZodFastifySchemaValidationErrors(thrown)) return fromSchema(thrown.validation)
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500
  if (status >= 400 && status < 500) return new Problem(status, (thrown as Error).message)
  return new Problem(500, 'Internal server error')
}

/** What the engine refuses. Its codes are listed in DispatchApi. */
function fromEngine(error: MicrotomeError): Problem {
  switch (error.code) {
    case 'unknown-job':
      return jobNotFound()
    case 'unknown-engine':
      return new Problem(404, 'Engine not found', { text: true })
    case 'queue-full':
      return new Problem(503, error.message, { type: 'queue_full', details: error.hint, retryAfterS: 30 })
    default:
      return fromClass(error)
  }
}

function fromClass(error: MicrotomeError): Problem {
  switch (error.class) {
    case 'input':
      return new Problem(400, error.message, { details: error.hint })
    case 'node':
    case 'transport':
      return new Problem(503, error.message, { details: error.hint, retryAfterS: 10 })
    case 'bug':
      return new Problem(500, 'Internal server error')
  }
}

/** The first thing that is wrong; the schemas' own sentences say what, and the field is named here. */
function fromSchema(issues: readonly { instancePath: string; message?: string | undefined }[]): Problem {
  const [issue] = issues
  const field = issue?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const message = issue?.message ?? 'is wrong'
  return new Problem(400, `Bad Request: ${field === '' ? message : `'${field}' ${message}`}.`, { field })
}

function typeOf(status: number): string {
  if (status === 404) return 'not_found'
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 413) return 'too_large'
  if (status === 429) return 'rate_limited'
  return status < 500 ? 'validation_error' : 'server_error'
}

function wordsOf(thrown: unknown): string {
  const { code, message } = toJobError(thrown)
  return `${code}: ${message}`
}
