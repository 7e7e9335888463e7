import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FakeClock } from '../../fake-clock.ts'
import type { LeaseStore } from '../../leases/index.ts'

/** What every lease store must do; `makeStore` gives an empty one on `clock` that the running test ends by itself. */
export function leaseStoreContract(makeStore: () => Promise<{ store: LeaseStore; clock: FakeClock }>): void {
  const withTask = async () => {
    const made = await makeStore()
    await made.store.add([{ taskId: 't', jobId: 'j' }])
    return made
  }
  const at = (epoch: number) => ({ taskId: 't', epoch })

  describe('claiming', () => {
    it('lends a waiting task at the next epoch', async () => {
      const { store, clock } = await withTask()
      clock.advance(500)
      const lease = await store.claim('t', 'w', 0)
      expect(lease).toEqual({ taskId: 't', jobId: 'j', workerId: 'w', epoch: 1, renewedAtMs: 500 })
      expect(await store.task('t')).toEqual({ epoch: 1, state: 'leased', workerId: 'w' })
      expect(await store.leases()).toEqual([lease])
    })

    it('lends a task to one of many that race', async () => {
      const { store } = await withTask()
      const claims = await Promise.all(['w1', 'w2', 'w3', 'w4'].map((worker) => store.claim('t', worker, 0)))
      expect(claims.filter((lease) => lease !== undefined)).toHaveLength(1)
    })

    it('lends nothing at an epoch that is past or to come, and nothing unknown', async () => {
      const { store } = await withTask()
      expect(await store.claim('t', 'w', 1)).toBeUndefined()
      expect(await store.claim('nobody', 'w', 0)).toBeUndefined()
      await store.claim('t', 'w', 0)
      await store.release(at(1))
      expect(await store.claim('t', 'w', 0)).toBeUndefined()
      expect(await store.claim('t', 'w', 1)).toMatchObject({ epoch: 2 })
    })

    it('leaves a known task as it is when it is added again', async () => {
      const { store } = await withTask()
      await store.claim('t', 'w', 0)
      await store.add([{ taskId: 't', jobId: 'other' }])
      expect(await store.leases()).toMatchObject([{ jobId: 'j', epoch: 1 }])
    })
  })

  describe('holding', () => {
    it('renews for the holder at its epoch, for nobody else', async () => {
      const { store, clock } = await withTask()
      await store.claim('t', 'w', 0)
      clock.advance(2000)
      expect(await store.renew(at(1), 'thief')).toBe(false)
      expect(await store.renew(at(2), 'w')).toBe(false)
      expect(await store.leases()).toMatchObject([{ renewedAtMs: 0 }])
      expect(await store.renew(at(1), 'w')).toBe(true)
      expect(await store.leases()).toMatchObject([{ renewedAtMs: 2000 }])
    })

    it('sweeps leases that nobody renewed, and only those', async () => {
      const { store, clock } = await withTask()
      await store.add([{ taskId: 'silent', jobId: 'k' }])
      await store.claim('t', 'w', 0)
      await store.claim('silent', 'w2', 0)
      clock.advance(9000)
      await store.renew(at(1), 'w')
      expect(await store.sweep(10_000)).toEqual([])
      clock.advance(1000)
      expect(await store.sweep(10_000)).toMatchObject([{ taskId: 'silent', epoch: 1, workerId: 'w2' }])
      expect(await store.task('silent')).toEqual({ epoch: 1, state: 'waiting', workerId: undefined })
      expect(await store.renew({ taskId: 'silent', epoch: 1 }, 'w2')).toBe(false)
      expect(await store.leases()).toMatchObject([{ taskId: 't' }])
    })
  })

  describe('ending', () => {
    it('settles exactly once, for the holder at its epoch', async () => {
      const { store } = await withTask()
      await store.claim('t', 'w', 0)
      expect(await store.settle(at(1), 'thief', 'done')).toBe(false)
      expect(await store.settle(at(0), 'w', 'done')).toBe(false)
      expect(await Promise.all([store.settle(at(1), 'w', 'done'), store.settle(at(1), 'w', 'done')])).toEqual([
        true,
        false
      ])
      expect(await store.task('t')).toMatchObject({ epoch: 1, state: 'done' })
      expect(await store.leases()).toEqual([])
    })

    it('refuses a worker that wakes up after its task was lent again', async () => {
      const { store } = await withTask()
      await store.claim('t', 'laptop', 0)
      await store.release(at(1))
      await store.claim('t', 'desktop', 1)
      expect(await store.settle(at(1), 'laptop', 'done')).toBe(false)
      expect(await store.release(at(1))).toBe(false)
      expect(await store.settle(at(2), 'desktop', 'done')).toBe(true)
    })

    it('opens a settled task for a retry at a higher epoch, and only a settled one', async () => {
      const { store } = await withTask()
      expect(await store.reopen('t')).toBe(false)
      await store.claim('t', 'w', 0)
      expect(await store.reopen('t')).toBe(false)
      await store.settle(at(1), 'w', 'failed')
      expect(await store.reopen('t')).toBe(true)
      expect(await store.claim('t', 'w', 1)).toMatchObject({ epoch: 2 })
    })

    it('forgets removed tasks', async () => {
      const { store } = await withTask()
      await store.claim('t', 'w', 0)
      await store.remove(['t', 'nobody'])
      expect(await store.task('t')).toBeUndefined()
      expect(await store.leases()).toEqual([])
      expect(await store.settle(at(1), 'w', 'done')).toBe(false)
    })
  })

  it('never settles an epoch twice and never lowers one, whatever the order of calls', async () => {
    const step = fc.record({
      call: fc.constantFrom('claim', 'settle', 'fail', 'release', 'reopen', 'renew'),
      epoch: fc.nat({ max: 4 }),
      worker: fc.constantFrom('w1', 'w2')
    })
    let runs = 0
    const { store } = await makeStore()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const taskId = `task-${++runs}`
        await store.add([{ taskId, jobId: 'j' }])
        const settled: number[] = []
        let highest = 0
        for (const { call, epoch, worker } of steps) {
          const fencing = { taskId, epoch }
          if (call === 'claim') await store.claim(taskId, worker, epoch)
          else if (call === 'release') await store.release(fencing)
          else if (call === 'reopen') await store.reopen(taskId)
          else if (call === 'renew') await store.renew(fencing, worker)
          else if (await store.settle(fencing, worker, call === 'settle' ? 'done' : 'failed')) settled.push(epoch)
          const now = (await store.task(taskId))?.epoch ?? -1
          expect(now).toBeGreaterThanOrEqual(highest)
          highest = now
        }
        expect(new Set(settled).size).toBe(settled.length)
      }),
      { numRuns: 50 }
    )
  })
}
