import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

/**
 * Takes every body for JSON, as deployed programs do: curl, for one, says `application/x-www-form-urlencoded` unless told
 * otherwise. No body at all is none (undefined), whatever its content type: routes that need none take it.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text: string, done) => {
    if (text.trim() === '') return done(null, undefined)
    return parse(request, text, (error, body) => {
      if (error) done(new Problem(400, 'Invalid JSON in request body', { type: 'json_parse_error' }))
      else if (text.length > shallowLength && isDeeper(body, maxDepth))
        done(new Problem(400, 'Bad Request: the body is nested too deeply.'))
      else done(null, body)
    })
  })
}

/** Parsing has no limit, but writing down again what is kept of a body recurses. */
const maxDepth = 100
/** Shorter text has no room for more brackets than that, opening and closing. */
const shallowLength = 2 * maxDepth

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1))
}
