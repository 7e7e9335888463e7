import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { dispatchStoreContract } from './contracts/dispatch-store-contract.ts'
import { openStorage } from './open-storage.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

describe('the store of jobs by URL on SQLite', () => {
  dispatchStoreContract(async () => {
    const storage = openStorage(join(temporaryFolder(), 'microtome.db'), new FakeClock())
    onTestFinished(() => storage.close())
    return storage
  })
})
