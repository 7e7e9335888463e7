import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Source } from '../../../shared/domain/jobs.ts'
import type { JobStore, KnownResult, StoredJob } from '../job-store.ts'
import type { CommitPlace } from './commit-place.ts'
import { systemCode } from './file-errors.ts'
import { resultBaseName, safeBaseName } from './file-name.ts'

/**
 * The output that an earlier job made of the same source with the same profile, if both are as they were then and it lies in the
 * job's destination. Sizes and times are compared, never contents: a slide would take longer to read than to convert.
 */
export async function sameResult(
  place: CommitPlace,
  jobs: Pick<JobStore, 'resultsOf'>,
  job: Pick<StoredJob, 'name' | 'source' | 'profile' | 'sink'>
): Promise<string | undefined> {
  const source = await stateOf(place, job.source)
  if (!source) return undefined
  for (const known of await jobs.resultsOf(job.source.path, job.profile)) {
    const isOfThisSource = known.sourceSizeBytes === source.size && known.sourceModifiedAtMs === source.mtimeMs
    const isItsPlace = dirname(known.output) === job.sink.dir && isCalledSo(known.output, job, place)
    if (isOfThisSource && isItsPlace && (await isUnchanged(place, known))) return known.output
  }
  return undefined
}

/** Every file of a source that has several; nothing for others. */
export function partPaths({ parts }: Source): string[] {
  return parts ? parts.files.map(({ path }) => join(parts.dir, ...path.split('/'))) : []
}

/** Of all parts together: their size, and when the newest of them changed. */
async function stateOf(place: CommitPlace, source: Source): Promise<Pick<Stats, 'size' | 'mtimeMs'> | undefined> {
  if (!source.parts) return entry(place, source.path)
  const parts = await Promise.all(partPaths(source).map((path) => entry(place, path)))
  const found = parts.filter((part) => part !== undefined)
  if (found.length < parts.length) return undefined
  return { size: found.reduce((sum, { size }) => sum + size, 0), mtimeMs: Math.max(...found.map((one) => one.mtimeMs)) }
}

/** Whoever wants results without the case's number doesn't want the one that bears it. */
function isCalledSo(
  output: string,
  { name, sink }: Pick<StoredJob, 'name' | 'sink'>,
  { platform }: CommitPlace
): boolean {
  const room = { suffixes: [], destinationDir: sink.dir, platform }
  const base = sink.name === undefined ? resultBaseName(name, room) : safeBaseName(sink.name, room)
  const found = basename(output)
  return found.startsWith(base) && /^( \(\d+\))?[._]/.test(found.slice(base.length))
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
