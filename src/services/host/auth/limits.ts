import { z } from 'zod'

const wordsOf = (most: number) => ({ error: `a whole number from 1 to ${most}` })
const wholeNumber = (most: number) => z.int(wordsOf(most)).min(1, wordsOf(most)).max(most, wordsOf(most))

const limitWords = { error: 'an object with max and windowMs' }

/** How many within how long. */
const limit = z.strictObject({ max: wholeNumber(1_000_000_000), windowMs: wholeNumber(86_400_000) }, limitWords)
export type Limit = z.output<typeof limit>

/** As a face's `settings` may hold them; what is left out stays as it is ordinarily. */
export const authLimitsSchema = z
  .strictObject(
    { perKey: limit, perAddress: limit, wrongKeys: limit },
    'an object with perKey, perAddress or wrongKeys, each { max, windowMs }'
  )
  .partial()

/** What a face's settings say of its limits. */
export type AuthLimitsWish = z.output<typeof authLimitsSchema>

export interface AuthLimits {
  /** Requests with one key. */
  perKey: Limit
  /** Requests of one address without a key, where a route is open. */
  perAddress: Limit
  /** Wrong keys from one address. */
  wrongKeys: Limit
}

/** More than twice of what one key does on a fast machine; wrong keys are met by people who mistype, not by programs. */
const ordinaryLimits: AuthLimits = {
  perKey: { max: 100_000, windowMs: 10_000 },
  perAddress: { max: 20_000, windowMs: 10_000 },
  wrongKeys: { max: 20, windowMs: 60_000 }
}

export function limitsOf(wish: AuthLimitsWish): AuthLimits {
  return {
    perKey: wish.perKey ?? ordinaryLimits.perKey,
    perAddress: wish.perAddress ?? ordinaryLimits.perAddress,
    wrongKeys: wish.wrongKeys ?? ordinaryLimits.wrongKeys
  }
}
