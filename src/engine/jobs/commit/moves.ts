import type { BigIntStats } from 'node:fs'
import type { CommitPlace } from './commit-place.ts'
import { nameTaken, systemCode } from './file-errors.ts'

/** Virus scanners and indexers hold new files for a moment; together about 12 s. */
const windowsPausesMs = [50, 100, 200, 400, 800, 1500, 3000, 6000]
const passing = ['EPERM', 'EBUSY', 'EACCES']

/** What lies at a path, a link itself rather than its target; undefined for nothing. */
export async function look({ files }: CommitPlace, path: string): Promise<BigIntStats | undefined> {
  try {
    return await files.lstat(path, { bigint: true })
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT' || systemCode(thrown) === 'ENOTDIR') return undefined
    throw thrown
  }
}

/** Whether two paths are one file; file systems without file numbers say 0, which proves nothing. */
export function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.ino !== 0n
}

/** Renames within one file system; on Windows again and again while another program holds it. */
export async function rename(place: CommitPlace, from: string, to: string): Promise<void> {
  await patiently(place, () => place.files.rename(from, to))
}

/**
 * Moves `from` to `to` without ever replacing anything there; may be repeated after a crash in the middle. Throws
 * `destination-taken`. A file goes by hard link, which is the one call that refuses an existing name; only where links are not
 * to be had (exFAT, some network drives) by looking first.
 */
export async function moveToFreeName(place: CommitPlace, from: string, to: string): Promise<void> {
  const [source, target] = [await look(place, from), await look(place, to)]
  if (target && !(source && isSameFile(source, target))) throw nameTaken(to)
  if (!target && (source?.isDirectory() || !(await linked(place, from, to)))) return rename(place, from, to)
  await patiently(place, () => place.files.unlink(from))
}

async function linked({ files }: CommitPlace, from: string, to: string): Promise<boolean> {
  try {
    await files.link(from, to)
    return true
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') throw nameTaken(to)
    // Whatever else is wrong, the rename that follows says it better.
    return false
  }
}

async function patiently(place: CommitPlace, work: () => Promise<void>): Promise<void> {
  for (const pauseMs of place.platform === 'win32' ? windowsPausesMs : []) {
    try {
      return await work()
    } catch (thrown) {
      if (!passing.includes(systemCode(thrown) ?? '')) throw thrown
      await new Promise<void>((resolve) => void place.clock.after(pauseMs, resolve))
    }
  }
  return work()
}
