import type { FastifyRequest } from 'fastify'
import { type Refusal, type RefusalBody, refusalSentence } from '../host/auth/index.ts'
import { Problem, problemBody } from './problems.ts'

/** Why a key is turned away, as the callers of each route know errors. */
export function wordRefusal(refusal: Refusal, request: FastifyRequest): RefusalBody {
  return request.routeOptions.url?.startsWith('/api/v1/')
    ? { error: { code: refusal.code, message: refusalSentence(refusal) } }
    : compatibleWords(refusal)
}

/** 401 in the words of deployed programs, text in both styles; what they do not know, as other errors. */
function compatibleWords(refusal: Refusal): RefusalBody {
  switch (refusal.code) {
    case 'missing-key':
      return "Unauthorized: Missing 'X-API-Key' header."
    case 'wrong-key':
      return 'Unauthorized'
    case 'wrong-scope':
      return problemBody(new Problem(403, `Forbidden: the key needs the scope ${refusal.needed.join(' or ')}`))
    case 'too-many-requests':
    case 'too-many-wrong-keys':
      return problemBody(new Problem(429, `Too many requests; try again in ${refusal.retryAfterS} s`))
  }
}
