import { join } from 'node:path'
import type { ApiKey, KeyScope } from '../../shared/domain/keys.ts'
import { atFolder } from './at-folder.ts'

/** The keys of a node, running or not. */
export interface KeysOfNode {
  create(wish: { scopes: KeyScope[] }): Promise<ApiKey & { key: string }>
  list(): Promise<ApiKey[]>
  /** Throws `unknown-key`. */
  revoke(id: string): Promise<void>
  close(): Promise<void>
}

/** Through the door of the node that runs on a data folder, or in its storage while none does. Throws `not-answering` as a last word. */
export function openKeys(dataDir: string): Promise<KeysOfNode> {
  return atFolder(
    dataDir,
    ({ client: { keys }, close }) => ({
      create: (wish) => keys.create(wish),
      list: () => keys.list(),
      revoke: async (id) => void (await keys.revoke({ id })),
      close: async () => close()
    }),
    () => openStoredKeys(dataDir)
  )
}

/** Holds the folder until it is closed, so that no node starts meanwhile. Throws `already-running`. */
async function openStoredKeys(dataDir: string): Promise<KeysOfNode> {
  // Loaded here only: most commands just talk to a node.
  const { systemClock, openDataFolder, Keys, openStorage, unknownKey } = await storedParts()
  const undo = new AsyncDisposableStack()
  try {
    const folder = openDataFolder(dataDir, systemClock)
    undo.defer(() => folder.close())
    const storage = openStorage(join(folder.dir, 'microtome.db'), systemClock)
    undo.defer(() => storage.close())
    const keys = await Keys.open({ store: storage.keys, clock: systemClock, onBug: rethrown })
    undo.defer(() => keys.close())
    return {
      create: (wish) => keys.create(wish),
      list: () => keys.list(),
      revoke: async (id) => {
        if (!(await keys.revoke(id))) throw unknownKey(id)
      },
      close: () => undo.disposeAsync()
    }
  } catch (thrown) {
    await undo.disposeAsync()
    throw thrown
  }
}

async function storedParts() {
  const [clock, config, keys, storage] = await Promise.all([
    import('../../engine/clock.ts'),
    import('../../engine/config/index.ts'),
    import('../../engine/keys/index.ts'),
    import('../../engine/storage/index.ts')
  ])
  return { ...clock, ...config, ...keys, ...storage }
}

/** Nobody uses a key here, so nothing is noted. */
function rethrown(thrown: unknown): never {
  throw thrown
}
