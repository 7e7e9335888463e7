import type { KeyScope } from '../../../shared/domain/keys.ts'

/** Why a request is turned away; the face words it. */
export type Refusal =
  | { status: 401; code: 'missing-key' }
  | { status: 401; code: 'wrong-key' }
  | { status: 403; code: 'wrong-scope'; needed: readonly KeyScope[] }
  | { status: 429; code: 'too-many-requests'; retryAfterS: number }
  | { status: 429; code: 'too-many-wrong-keys'; retryAfterS: number }

/** A refusal's body: text as it is, anything else as JSON. */
export type RefusalBody = string | object

/** One sentence for people, without what was shown for a key. */
export function refusalSentence(refusal: Refusal): string {
  switch (refusal.code) {
    case 'missing-key':
      return 'This needs a key. "microtome keys create" makes one; send it as X-API-Key.'
    case 'wrong-key':
      return 'The key is not known here, or it was revoked.'
    case 'wrong-scope':
      return `The key may not do this; it needs the scope ${refusal.needed.join(' or ')}.`
    case 'too-many-requests':
      return `Too many requests. Try again in ${refusal.retryAfterS} s.`
    case 'too-many-wrong-keys':
      return `Too many wrong keys came from this address. Try again in ${refusal.retryAfterS} s.`
  }
}

/** What is answered where a face says nothing else: `{"error":{"code","message"}}`. */
export function ordinaryBody(refusal: Refusal): RefusalBody {
  return { error: { code: refusal.code, message: refusalSentence(refusal) } }
}
