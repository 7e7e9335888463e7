import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorClass, MicrotomeError } from '../../../shared/errors.ts'

/** What the host answers where a service says nothing else: `{"error":{"code","message"}}`. */
export const errorBody = (code: string, message: string) => ({ error: { code, message } })

const statusOf: Record<ErrorClass, number> = { input: 400, node: 503, transport: 502, bug: 500 }

/** Answers of a service's routes that throw; a service may set a handler of its own. `onBug` hears what is nobody's fault but ours. */
export function answerErrors(app: FastifyInstance, onBug: (thrown: unknown) => void): void {
  app.setErrorHandler((thrown, _request, reply) => {
    if (thrown instanceof MicrotomeError && thrown.class !== 'bug')
      return reply.code(statusOf[thrown.class]).send(errorBody(thrown.code, thrown.message))
    const status = requestFault(thrown)
    if (status !== undefined) return reply.code(status).send(errorBody(codeOf(thrown), messageOf(thrown)))
    onBug(thrown)
    return reply.code(500).send(errorBody('internal', 'Something went wrong in this service.'))
  })
}

/** Answers addresses that lead to no route at all, such as one with a lonely percent sign: Fastify's own form is another. */
export function answerBadAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const isLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH'
  const [status, what] = isLong ? [414, 'too long'] : [400, 'not valid']
  void reply.code(status).send(errorBody(isLong ? 'address-too-long' : 'bad-address', `The address is ${what}.`))
}

/** 4xx that Fastify or a plugin found: malformed JSON, a body that is too large, a limit that is exceeded. */
function requestFault(thrown: unknown): number | undefined {
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : undefined
  return status !== undefined && status >= 400 && status < 500 ? status : undefined
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** `FST_ERR_CTP_INVALID_JSON_BODY` -> `invalid-json-body`. */
function codeOf(thrown: unknown): string {
  const code =
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'bad-request'
  return code
    .replace(/^FST_ERR_(CTP_)?/, '')
    .toLowerCase()
    .replaceAll('_', '-')
}
