/** What a sample counts; `per second` and `MB/s` are better when high, the others when low. MB are 10^6 bytes. */
export type Unit = 'ms' | 'per second' | 'MB/s' | 'MB' | '%'

/** One measured thing: samples of it and, from the same run, of the same work without us. */
export interface Figure {
  what: string
  unit: Unit
  samples: readonly number[]
  /** Same unit. */
  against?: { what: string; samples: readonly number[] } | undefined
  /** One sentence: what keeps it from being better. */
  bound: string
}

/** Something that this machine doesn't let us measure, and why. */
export interface Missing {
  what: string
  missing: string
}

/** The middle one, or the mean of the two in the middle. Throws for none. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  if (low === undefined || high === undefined) throw new Error('a figure has no samples')
  return (low + high) / 2
}

/** What we take or give for each unit of the same work without us. */
export function ratio({ samples, against }: Figure): number | undefined {
  return against && median(samples) / median(against.samples)
}
