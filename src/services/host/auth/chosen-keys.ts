import { createHash, timingSafeEqual } from 'node:crypto'
import { type ApiKey, type KeyScope, keyScopes } from '../../../shared/domain/keys.ts'

/** A key that people chose and configured (`--api-key`, `DISTCONV_API_KEY`), its secret resolved. */
export interface ChosenKey {
  key: string
  /** All of them where absent. */
  scopes?: readonly KeyScope[] | undefined
  /** For people: where it comes from. */
  label: string
}

/** Answers which chosen key a text is; compares digests with all of them, so that the time tells nothing. */
export function chosenKeys(chosen: readonly ChosenKey[]): (key: string) => ApiKey | undefined {
  const known = chosen.map(({ key, scopes, label }, index) => ({
    digest: digestOf(key),
    key: { id: `chosen-${index + 1}`, label, scopes: [...(scopes ?? keyScopes)], createdAtMs: 0 } satisfies ApiKey
  }))
  return (key) => {
    const digest = digestOf(key)
    const matching = known.filter((candidate) => timingSafeEqual(candidate.digest, digest))
    return matching[0]?.key
  }
}

const digestOf = (key: string) => createHash('sha256').update(key).digest()
