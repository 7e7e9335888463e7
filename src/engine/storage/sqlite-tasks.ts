import type { Fencing } from '../scheduler/worker-port.ts'
import type { Database, Row } from './database.ts'

/*
 * Each change of a task is one statement that names the epoch it expects, so of two that race one finds nothing to change. They
 * are functions of their own because some belong into a larger transaction.
 */

export function addTask(database: Database, taskId: string, jobId: string): void {
  database.run('INSERT INTO tasks (taskId, jobId) VALUES (?, ?) ON CONFLICT DO NOTHING', taskId, jobId)
}

/** waiting at `epoch` -> leased at the next; answers the lease. */
export function claimTask(database: Database, taskId: string, workerId: string, epoch: number): Row | undefined {
  return database.get(
    `UPDATE tasks SET state = 'leased', epoch = epoch + 1, workerId = ?
     WHERE taskId = ? AND epoch = ? AND state = 'waiting' RETURNING taskId, jobId, epoch, workerId`,
    ...[workerId, taskId, epoch]
  )
}

/** leased -> done | failed, for the holder; true exactly once per epoch. */
export function settleTask(
  database: Database,
  { taskId, epoch }: Fencing,
  workerId: string,
  state: 'done' | 'failed'
): boolean {
  const { changes } = database.run(
    `UPDATE tasks SET state = ? WHERE taskId = ? AND epoch = ? AND workerId = ? AND state = 'leased'`,
    ...[state, taskId, epoch, workerId]
  )
  return changes === 1
}

/** leased -> waiting. */
export function releaseTask(database: Database, { taskId, epoch }: Fencing): boolean {
  const { changes } = database.run(
    `UPDATE tasks SET state = 'waiting', workerId = NULL WHERE taskId = ? AND epoch = ? AND state = 'leased'`,
    ...[taskId, epoch]
  )
  return changes === 1
}

/** done | failed -> waiting. */
export function reopenTask(database: Database, taskId: string): boolean {
  const { changes } = database.run(
    `UPDATE tasks SET state = 'waiting', workerId = NULL WHERE taskId = ? AND state IN ('done', 'failed')`,
    taskId
  )
  return changes === 1
}
