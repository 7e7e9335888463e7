/** How many within how long. */
export interface Limit {
  max: number
  windowMs: number
}

export interface AuthLimits {
  /** Requests with one key. */
  perKey: Limit
  /** Requests of one address without a key, where a route is open. */
  perAddress: Limit
  /** Wrong keys from one address. */
  wrongKeys: Limit
}

/** More than twice of what one key does on a fast machine; wrong keys are met by people who mistype, not by programs. */
export const ordinaryLimits: AuthLimits = {
  perKey: { max: 100_000, windowMs: 10_000 },
  perAddress: { max: 20_000, windowMs: 10_000 },
  wrongKeys: { max: 20, windowMs: 60_000 }
}
