import { join } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { CommitPlace } from './commit-place.ts'
import { destinationError, diskFull, systemCode } from './file-errors.ts'

const prefix = '.microtome-'
/** Inside a staging folder: files of the user that a result is replacing, until it is in their place. */
export const replacedFolder = 'replaced'

/** One lending of one job. `owner` tells the nodes apart that write to the same shared folder. */
export interface StagingId {
  owner: string
  jobId: string
  epoch: number
}

/** The folder in which a result is made: beside the results, so that a rename never crosses file systems. */
export function stagingDirOf(destinationDir: string, id: StagingId): string {
  return join(destinationDir, stagingName(id))
}

function stagingName({ owner, jobId, epoch }: StagingId): string {
  for (const part of [owner, jobId])
    if (!/^[\w-]+$/.test(part))
      throw new MicrotomeError({ code: 'bad-id', class: 'bug', message: `"${part}" can't be part of a folder's name.` })
  return `${prefix}${owner}-${jobId}-${epoch}`
}

/**
 * Makes the staging folder, and the destination where missing: empty, or with what lies in that of an earlier lease, `leftEpoch`,
 * if it is there. Throws class `input`: `destination-not-writable`, or `disk-full` where less than `needBytes` is free.
 */
export async function createStaging(
  place: CommitPlace,
  destinationDir: string,
  id: StagingId,
  needBytes: number,
  leftEpoch?: number
): Promise<string> {
  const { files } = place
  const dir = stagingDirOf(destinationDir, id)
  try {
    await files.mkdir(destinationDir, { recursive: true })
    await discardStaging(place, dir)
    // What is there already takes no more room.
    if (
      leftEpoch !== undefined &&
      (await takeOver(place, stagingDirOf(destinationDir, { ...id, epoch: leftEpoch }), dir))
    )
      return dir
    await files.mkdir(dir)
    const { bavail, bsize } = await files.statfs(destinationDir)
    const freeBytes = bavail * bsize
    if (freeBytes >= needBytes) return dir
    await discardStaging(place, dir)
    throw diskFull(destinationDir, { room: { needBytes, freeBytes } })
  } catch (thrown) {
    throw destinationError(destinationDir, thrown)
  }
}

/** False where it is gone, or something holds on to it: the work starts anew then. */
async function takeOver(place: CommitPlace, from: string, to: string): Promise<boolean> {
  try {
    await place.files.rename(from, to)
    return true
  } catch {
    await discardStaging(place, from)
    return false
  }
}

/**
 * Removes a staging folder with all that is in it. It stays while it holds files of the user that a commit could neither replace
 * nor put back: those are the only copy.
 */
export async function discardStaging(place: CommitPlace, stagingDir: string): Promise<void> {
  if ((await namesIn(place, join(stagingDir, replacedFolder))).length > 0) return
  await place.files.rm(stagingDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/**
 * Removes what crashes left in a destination: the staging folders of this owner that are not among `keep`, which is asked after
 * the folder was read. So what is begun meanwhile is either not seen or among those.
 */
export async function sweepStaging(
  place: CommitPlace,
  destinationDir: string,
  owner: string,
  keep: () => readonly Pick<StagingId, 'jobId' | 'epoch'>[]
): Promise<void> {
  const names = await namesIn(place, destinationDir)
  const kept = new Set(keep().map((id) => stagingName({ owner, ...id })))
  for (const name of names)
    if (name.startsWith(`${prefix}${owner}-`) && !kept.has(name))
      await discardStaging(place, join(destinationDir, name))
}

async function namesIn({ files }: CommitPlace, dir: string): Promise<string[]> {
  return files.readdir(dir).catch(nothingThere)
}

function nothingThere(thrown: unknown): string[] {
  if (systemCode(thrown) === 'ENOENT' || systemCode(thrown) === 'ENOTDIR') return []
  throw thrown
}
