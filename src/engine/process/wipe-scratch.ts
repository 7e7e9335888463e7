import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log/index.ts'

/**
 * Empties a folder of leftovers (made if missing) at start, but for those named `kept`; what can't be removed is logged and left
 * for the next start.
 */
export async function wipeScratch(dir: string, log: Log, kept: readonly string[] = []): Promise<void> {
  await mkdir(dir, { recursive: true })
  for (const name of await readdir(dir)) if (!kept.includes(name)) await removeTree(join(dir, name), log)
}

/** Removes a file or folder, with patience for Windows' scanners; what stays is logged, the next start wipes it. */
export async function removeTree(path: string, log: Log): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch (error) {
    log.warn('could not remove leftovers; the next start tries again', { path }, error)
  }
}
