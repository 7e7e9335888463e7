import type { ProfileName } from '../../shared/domain/profiles.ts'

/** An engine as far as it bears on which job suits it. */
export interface Chooser {
  canMake(profile: ProfileName): boolean
  /** Seconds of its last benchmark; less is faster. Undefined where it never said. */
  benchmarkS?: number | undefined
  streams: boolean
}

/** A job as far as it bears on that. */
export interface Choosable {
  profile: ProfileName
  /** MB (10^6 bytes); 0 where it is not known. */
  jobSizeMb: number
}

/** Smaller ones rather to the slowest engine. */
const mediumMb = 50
/** From here on rather to one that streams. */
const largeMb = 100

/**
 * The job for an engine that asks, out of `waiting`, which is by priority and then in order. The first that it can make is its own,
 * but for those that suit a rival better: an engine that is sure to ask soon and holds nothing. Each rival takes one job, so of two
 * jobs and one better rival the second is for whoever asks.
 *
 * Better suited: below 50 MB the slower engine, so that fast ones stay free for what is large; below 100 MB the faster one; from 100
 * MB on one that streams. Of engines whose speed nobody knows, and of jobs whose size nobody knows, none is better.
 */
export function chooseJob<T>(
  asker: Chooser,
  rivals: readonly Chooser[],
  waiting: Iterable<T>,
  jobOf: (one: T) => Choosable
): T | undefined {
  const free = [...rivals]
  for (const one of waiting) {
    const job = jobOf(one)
    if (!asker.canMake(job.profile)) continue
    const best = bestOf(
      free.filter((rival) => rival.canMake(job.profile) && suitsBetter(rival, asker, job)),
      job
    )
    if (best === undefined) return one
    free.splice(free.indexOf(best), 1)
  }
  return undefined
}

function bestOf(rivals: readonly Chooser[], job: Choosable): Chooser | undefined {
  return rivals.reduce<Chooser | undefined>(
    (best, rival) => (best === undefined || suitsBetter(rival, best, job) ? rival : best),
    undefined
  )
}

/** Never true of both of two. */
export function suitsBetter(one: Chooser, than: Chooser, { jobSizeMb }: Choosable): boolean {
  if (jobSizeMb <= 0) return false
  if (jobSizeMb >= largeMb) return one.streams && !than.streams
  if (one.benchmarkS === undefined || than.benchmarkS === undefined) return false
  return jobSizeMb < mediumMb ? one.benchmarkS > than.benchmarkS : one.benchmarkS < than.benchmarkS
}
