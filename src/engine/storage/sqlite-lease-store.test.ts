import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { leaseStoreContract } from './contracts/lease-store-contract.ts'
import { openStorage } from './open-storage.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

describe('the lease store on SQLite', () => {
  leaseStoreContract(async () => {
    const clock = new FakeClock()
    const storage = openStorage(join(temporaryFolder(), 'microtome.db'), clock)
    onTestFinished(() => storage.close())
    return { store: storage.leases, clock }
  })

  it('counts a lease that an earlier run left from the moment this run opened', async () => {
    const path = join(temporaryFolder(), 'microtome.db')
    const earlier = openStorage(path, new FakeClock())
    await earlier.leases.add([{ taskId: 't', jobId: 'j' }])
    await earlier.leases.claim('t', 'w', 0)
    earlier.close()

    const clock = new FakeClock()
    clock.advance(60_000)
    const storage = openStorage(path, clock)
    onTestFinished(() => storage.close())
    expect(await storage.leases.leases()).toMatchObject([{ epoch: 1, workerId: 'w', renewedAtMs: 60_000 }])
    clock.advance(9999)
    expect(await storage.leases.sweep(10_000)).toEqual([])
    clock.advance(1)
    expect(await storage.leases.sweep(10_000)).toMatchObject([{ taskId: 't' }])
  })
})
