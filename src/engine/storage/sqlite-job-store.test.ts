import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { jobStoreContract } from './contracts/job-store-contract.ts'
import { openStorage } from './open-storage.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

describe('the job store on SQLite', () => {
  jobStoreContract(async () => {
    const storage = openStorage(join(temporaryFolder(), 'microtome.db'), new FakeClock())
    onTestFinished(() => storage.close())
    return storage.jobs
  })
})
