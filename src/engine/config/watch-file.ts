import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Clock, Timer } from '../clock.ts'

/** Editors write in several steps; a file is looked at once it has been quiet this long. */
export const quietMs = 200
/** Network drives and replaced links raise no event, so the file's date and size are looked at too. */
export const lookMs = 5000

/**
 * Calls `changed` after the file may have changed, come or gone; never twice at a time for one burst of events.
 * The folder is watched, not the file: editors put a new file in its place.
 */
export function watchFile(path: string, clock: Clock, changed: () => void): { close(): void } {
  let quiet: Timer | undefined
  let closed = false
  let lastSeen: string | undefined
  const soon = () => {
    quiet?.cancel()
    if (!closed) quiet = clock.after(quietMs, changed)
  }
  const look = async () => {
    const seen = await fingerprint(path)
    if (lastSeen !== undefined && seen !== lastSeen) soon()
    lastSeen = seen
  }
  const watcher = watchFolder(path, soon)
  const looking = clock.every(lookMs, () => void look())
  void look()
  return {
    close() {
      closed = true
      quiet?.cancel()
      looking.cancel()
      watcher?.close()
    }
  }
}

function watchFolder(path: string, soon: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), (_event, name) => {
      if (name === null || name === basename(path)) soon()
    })
    return watcher.on('error', () => watcher.close())
  } catch {
    // No such folder, or the system is out of watches: looking at the date does it alone.
    return undefined
  }
}

/** Changes when the content may have; `inode` tells a file put in place of another in the same millisecond. */
function fingerprint(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ mtimeNs, size, ino }) => `${mtimeNs}/${size}/${ino}`,
    () => 'absent'
  )
}
