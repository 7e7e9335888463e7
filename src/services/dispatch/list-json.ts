import type { DispatchJob } from '../../engine/service-api.ts'
import type { WordJob } from './job-json.ts'

/** `[{…},{…}]` of jobs in UTF-8 between two texts. `origin` as for {@link WordJob}. */
export type WordList = (
  jobs: readonly DispatchJob[],
  origin: string,
  around?: { before: string; after: string }
) => Buffer

interface Kept {
  /** With a comma before it. */
  bytes: Buffer
  origin: string
}

const comma = ','
const nothing = { before: '', after: '' }

/**
 * Words lists of thousands of jobs, hundreds of times a second: the bytes of each are kept as long as its object lives and copied side
 * by side, which takes half of what it takes to join texts and to encode the whole anew.
 */
export function listWording(wordJob: WordJob): WordList {
  const kept = new WeakMap<DispatchJob, Kept>()

  function bytesOf(job: DispatchJob, origin: string): Buffer {
    const known = kept.get(job)
    // Only the address of a result that lies here depends on the caller.
    if (known && (known.origin === origin || !job.hasResult)) return known.bytes
    const bytes = Buffer.from(comma + wordJob(job, origin))
    kept.set(job, { bytes, origin })
    return bytes
  }

  return (jobs, origin, { before, after } = nothing) => {
    const parts = jobs.map((job) => bytesOf(job, origin))
    if (parts[0]) parts[0] = parts[0].subarray(comma.length)
    return Buffer.concat([Buffer.from(`${before}[`), ...parts, Buffer.from(`]${after}`)])
  }
}
