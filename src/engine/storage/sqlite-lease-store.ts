import type { Clock } from '../clock.ts'
import type { Lease, LeaseStore } from '../leases/index.ts'
import type { Database, Row } from './database.ts'
import { toLease, toTask } from './rows.ts'

/**
 * The lease store on SQLite: each change is one statement that names the epoch it expects, so of two that race one finds
 * nothing to change. When a lease was renewed is kept in memory only: it counts on this run's monotonic clock.
 */
export function sqliteLeaseStore(database: Database, clock: Clock): LeaseStore {
  const openedAtMs = clock.monotonicMs()
  const renewedAtMs = new Map<string, number>()
  const complete = (row: Row): Lease => {
    const lease = toLease(row)
    return { ...lease, renewedAtMs: renewedAtMs.get(lease.taskId) ?? openedAtMs }
  }
  const leases = () =>
    database
      .all(`SELECT taskId, jobId, epoch, workerId FROM tasks WHERE state = 'leased' ORDER BY taskId`)
      .map(complete)
  const end = (taskId: string, changed: boolean) => {
    if (changed) renewedAtMs.delete(taskId)
    return changed
  }
  const release = (taskId: string, epoch: number) =>
    end(
      taskId,
      database.run(
        `UPDATE tasks SET state = 'waiting', workerId = NULL WHERE taskId = ? AND epoch = ? AND state = 'leased'`,
        ...[taskId, epoch]
      ).changes === 1
    )

  return {
    add: async (tasks) =>
      database.transaction(() => {
        for (const { taskId, jobId } of tasks)
          database.run('INSERT INTO tasks (taskId, jobId) VALUES (?, ?) ON CONFLICT DO NOTHING', taskId, jobId)
      }),

    claim: async (taskId, workerId, epoch) => {
      const claimed = database.get(
        `UPDATE tasks SET state = 'leased', epoch = epoch + 1, workerId = ?
         WHERE taskId = ? AND epoch = ? AND state = 'waiting' RETURNING taskId, jobId, epoch, workerId`,
        ...[workerId, taskId, epoch]
      )
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

    settle: async ({ taskId, epoch }, workerId, state) =>
      end(
        taskId,
        database.run(
          `UPDATE tasks SET state = ? WHERE taskId = ? AND epoch = ? AND workerId = ? AND state = 'leased'`,
          ...[state, taskId, epoch, workerId]
        ).changes === 1
      ),

    release: async ({ taskId, epoch }) => release(taskId, epoch),

    reopen: async (taskId) =>
      database.run(
        `UPDATE tasks SET state = 'waiting', workerId = NULL WHERE taskId = ? AND state IN ('done', 'failed')`,
        taskId
      ).changes === 1,

    sweep: async (maxAgeMs) => {
      const nowMs = clock.monotonicMs()
      return database.transaction(() =>
        leases().filter((lease) => nowMs - lease.renewedAtMs >= maxAgeMs && release(lease.taskId, lease.epoch))
      )
    },

    leases: async () => leases(),

    remove: async (taskIds) => {
      database.run('DELETE FROM tasks WHERE taskId IN (SELECT value FROM json_each(?))', JSON.stringify(taskIds))
      for (const taskId of taskIds) renewedAtMs.delete(taskId)
    }
  }
}
