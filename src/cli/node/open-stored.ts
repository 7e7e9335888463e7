import { join } from 'node:path'
import type { Storage } from '../../engine/storage/index.ts'

/** The storage of a data folder whose node does not run. */
export interface Stored {
  storage: Storage
  close(): Promise<void>
}

/** Holds the folder until it is closed, so that no node starts meanwhile. Throws `already-running`. */
export async function openStored(dataDir: string): Promise<Stored> {
  // Loaded here only: most commands just talk to a node.
  const [{ systemClock }, { openDataFolder }, { openStorage }] = await Promise.all([
    import('../../engine/clock.ts'),
    import('../../engine/config/index.ts'),
    import('../../engine/storage/index.ts')
  ])
  const undo = new AsyncDisposableStack()
  try {
    const folder = openDataFolder(dataDir, systemClock)
    undo.defer(() => folder.close())
    const storage = openStorage(join(folder.dir, 'microtome.db'), systemClock)
    undo.defer(() => storage.close())
    return { storage, close: () => undo.disposeAsync() }
  } catch (thrown) {
    await undo.disposeAsync()
    throw thrown
  }
}
