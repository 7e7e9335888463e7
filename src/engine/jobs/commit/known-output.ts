import type { Stats } from 'node:fs'
import { dirname } from 'node:path'
import type { JobStore, KnownResult, StoredJob } from '../job-store.ts'
import type { CommitPlace } from './commit-place.ts'
import { systemCode } from './file-errors.ts'

/**
 * The output that an earlier job made of the same source with the same profile, if both are as they were then and it lies in the
 * job's destination. Sizes and times are compared, never contents: a slide would take longer to read than to convert.
 */
export async function sameResult(
  place: CommitPlace,
  jobs: Pick<JobStore, 'resultsOf'>,
  job: Pick<StoredJob, 'source' | 'profile' | 'sink'>
): Promise<string | undefined> {
  const source = await entry(place, job.source.path)
  if (!source) return undefined
  for (const known of await jobs.resultsOf(job.source.path, job.profile)) {
    const isOfThisSource = known.sourceSizeBytes === source.size && known.sourceModifiedAtMs === source.mtimeMs
    if (isOfThisSource && dirname(known.output) === job.sink.dir && (await isUnchanged(place, known)))
      return known.output
  }
  return undefined
}

/** What to remember of a completed job; undefined where its output is gone already. */
export async function knownResultOf(place: CommitPlace, job: StoredJob): Promise<KnownResult | undefined> {
  const output = job.output === undefined ? undefined : await entry(place, job.output)
  if (job.output === undefined || !output) return undefined
  return {
    output: job.output,
    sourcePath: job.source.path,
    sourceSizeBytes: job.sizeBytes,
    sourceModifiedAtMs: job.sourceModifiedAtMs,
    profile: job.profile,
    outputSizeBytes: output.size,
    outputModifiedAtMs: output.mtimeMs
  }
}

async function isUnchanged(place: CommitPlace, known: KnownResult): Promise<boolean> {
  const output = await entry(place, known.output)
  if (output?.size !== known.outputSizeBytes || output.mtimeMs !== known.outputModifiedAtMs) return false
  // A .dzi is a few lines; what counts are its tiles.
  return !known.output.endsWith('.dzi') || (await entry(place, known.output.replace(/\.dzi$/, '_files'))) !== undefined
}

async function entry({ files }: CommitPlace, path: string): Promise<Stats | undefined> {
  try {
    return await files.stat(path)
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT' || systemCode(thrown) === 'ENOTDIR') return undefined
    throw thrown
  }
}
