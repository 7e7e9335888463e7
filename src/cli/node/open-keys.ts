import type { ApiKey, KeyScope } from '../../shared/domain/keys.ts'
import { atFolder } from './at-folder.ts'
import { openStored } from './open-stored.ts'

/** The keys of a node, running or not. */
export interface KeysOfNode {
  create(wish: { scopes: KeyScope[]; label?: string | undefined }): Promise<ApiKey & { key: string }>
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
  const { storage, close } = await openStored(dataDir)
  try {
    const [{ systemClock }, { Keys, unknownKey }] = await Promise.all([
      import('../../engine/clock.ts'),
      import('../../engine/keys/index.ts')
    ])
    const keys = await Keys.open({ store: storage.keys, clock: systemClock, onBug: rethrown })
    return {
      create: (wish) => keys.create(wish),
      list: () => keys.list(),
      revoke: async (id) => {
        if (!(await keys.revoke(id))) throw unknownKey(id)
      },
      close: async () => {
        await keys.close()
        await close()
      }
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** Nobody uses a key here, so nothing is noted. */
function rethrown(thrown: unknown): never {
  throw thrown
}
