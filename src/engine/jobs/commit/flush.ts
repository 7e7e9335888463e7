import { join } from 'node:path'
import type { CommitPlace } from './commit-place.ts'
import { systemCode } from './file-errors.ts'

/** 10,000 tiles took 2.8 s one by one and 1.6 s four at a time (SSD, ext4); a disk that needs longer is left to its own time. */
const tilesBudgetMs = 5000
const atOnce = 4

/**
 * Brings a staged entry from the cache to the disk. Files at the top (main file, sidecar) and folders always; the files inside a
 * folder for 5 s, so that a slow disk with many tiles doesn't hold the result back for minutes.
 */
export async function flushEntry(place: CommitPlace, path: string, isFolder: boolean): Promise<void> {
  if (!isFolder) return flushFile(place, path)
  const { folders, inside } = await walk(place, path)
  const untilMs = place.clock.monotonicMs() + tilesBudgetMs
  const lane = async () => {
    for (let file = inside.pop(); file && place.clock.monotonicMs() < untilMs; file = inside.pop())
      await flushFile(place, file)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  for (const folder of folders) await flushFolder(place, folder)
}

/** Makes names in a folder durable. Windows does so by itself and refuses to be asked. */
export async function flushFolder(place: CommitPlace, path: string): Promise<void> {
  if (place.platform === 'win32') return
  try {
    await sync(place, path, 'r')
  } catch (thrown) {
    // Network file systems that know no such thing.
    if (!['EINVAL', 'ENOTSUP', 'EISDIR'].includes(systemCode(thrown) ?? '')) throw thrown
  }
}

/** Windows flushes only what is open for writing. */
const flushFile = (place: CommitPlace, path: string) => sync(place, path, place.platform === 'win32' ? 'r+' : 'r')

async function sync({ files }: CommitPlace, path: string, flags: string): Promise<void> {
  const handle = await files.open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function walk({ files }: CommitPlace, root: string): Promise<{ folders: string[]; inside: string[] }> {
  const entries = await files.readdir(root, { recursive: true, withFileTypes: true })
  const paths = (isFolder: boolean) =>
    entries.filter((entry) => entry.isDirectory() === isFolder).map((entry) => join(entry.parentPath, entry.name))
  return { folders: [...paths(true), root], inside: paths(false) }
}
