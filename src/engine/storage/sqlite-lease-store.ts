import type { Clock } from '../clock.ts'
import type { Lease, LeaseStore } from '../leases/index.ts'
import type { Database, Row } from './database.ts'
import { toLease, toTask } from './rows.ts'
import { addTask, claimTask, releaseTask, reopenTask, settleTask } from './sqlite-tasks.ts'

/** The lease store on SQLite. When a lease was renewed is kept in memory only: it counts on this run's monotonic clock. */
export function sqliteLeaseStore(database: Database, clock: Clock): LeaseStore {
  const openedAtMs = clock.monotonicMs()
  const renewedAtMs = new Map<string, number>()
  const complete = (row: Row): Lease => {
    const lease = toLease(row)
    return { ...lease, renewedAtMs: renewedAtMs.get(lease.taskId) ?? openedAtMs }
  }
  const leases = (sparing = '') =>
    database
      .all(
        `SELECT taskId, jobId, epoch, workerId FROM tasks
         WHERE state = 'leased' AND (?1 = '' OR substr(workerId, 1, length(?1)) <> ?1) ORDER BY taskId`,
        sparing
      )
      .map(complete)
  const end = (taskId: string, changed: boolean) => {
    if (changed) renewedAtMs.delete(taskId)
    return changed
  }
  const release = (taskId: string, epoch: number) => end(taskId, releaseTask(database, { taskId, epoch }))

  return {
    add: async (tasks) =>
      database.transaction(() => {
        for (const { taskId, jobId } of tasks) addTask(database, taskId, jobId)
      }),

    claim: async (taskId, workerId, epoch) => {
      const claimed = claimTask(database, taskId, workerId, epoch)
      if (!claimed) return undefined
      renewedAtMs.set(taskId, clock.monotonicMs())
      return complete(claimed)
    },

    task: async (taskId) =>
      database.all('SELECT epoch, state, workerId FROM tasks WHERE taskId = ?', taskId).map(toTask)[0],

    renew: async ({ taskId, epoch }, workerId) => {
      const holds = database.get(
        `SELECT 1 FROM tasks WHERE taskId = ? AND epoch = ? AND workerId = ? AND state = 'leased'`,
        ...[taskId, epoch, workerId]
      )
      if (holds) renewedAtMs.set(taskId, clock.monotonicMs())
      return holds !== undefined
    },

    settle: async (fencing, workerId, state) => end(fencing.taskId, settleTask(database, fencing, workerId, state)),

    release: async ({ taskId, epoch }) => release(taskId, epoch),

    reopen: async (taskId) => reopenTask(database, taskId),

    sweep: async (maxAgeMs, sparing) => {
      const nowMs = clock.monotonicMs()
      return database.transaction(() =>
        leases(sparing).filter((lease) => nowMs - lease.renewedAtMs >= maxAgeMs && release(lease.taskId, lease.epoch))
      )
    },

    leases: async () => leases(),

    remove: async (taskIds) => {
      database.run('DELETE FROM tasks WHERE taskId IN (SELECT value FROM json_each(?))', JSON.stringify(taskIds))
      for (const taskId of taskIds) renewedAtMs.delete(taskId)
    }
  }
}
