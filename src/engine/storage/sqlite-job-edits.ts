import { z } from 'zod'
import { jobState } from '../../shared/domain/jobs.ts'
import { assertMayMove, type JobStore, type StoredJob } from '../jobs/index.ts'
import type { Database } from './database.ts'
import { assignments, insertJobSql, insertValues, jobColumns } from './job-columns.ts'
import { toJob } from './rows.ts'

type Edits = Pick<JobStore, 'addSubmission' | 'change' | 'changeAll' | 'remove' | 'expire'>

const ended = `state IN ('completed', 'failed', 'cancelled')`
const stateRow = z.object({ state: jobState })
const idRow = z.object({ id: z.string(), submissionId: z.string() })

/** What is done to jobs. */
export function jobEdits(database: Database): Edits {
  const dropEmptySubmissions = (ids: string[]) =>
    database.run(
      `DELETE FROM submissions WHERE id IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM jobs WHERE submissionId = submissions.id)`,
      JSON.stringify(ids)
    )

  const removeWhere = (condition: string, value: string | number) =>
    database.transaction(() => {
      const gone = database
        .all(`DELETE FROM jobs WHERE ${ended} AND ${condition} RETURNING id, submissionId`, value)
        .map((row) => idRow.parse(row))
      dropEmptySubmissions([...new Set(gone.map((job) => job.submissionId))])
      return gone.map((job) => job.id)
    })

  const changeOne: (...args: Parameters<Edits['change']>) => StoredJob | undefined = (id, from, change) => {
    const { state } = stateRow.optional().parse(database.get('SELECT state FROM jobs WHERE id = ?', id)) ?? {}
    if (state === undefined || !from.includes(state)) return undefined
    if (change.state !== undefined && change.state !== state) assertMayMove(state, change.state)
    const set = assignments(change)
    return database
      .all(
        `UPDATE jobs SET ${set.sql} WHERE id = ? AND state = ? RETURNING ${jobColumns}`,
        ...[...set.values, id, state]
      )
      .map(toJob)[0]
  }

  return {
    addSubmission: async (submission, jobs) =>
      database.transaction(() => {
        const { id, createdAtMs, destination, priority, onExists } = submission
        database.run(
          'INSERT INTO submissions (id, createdAtMs, destination, priority, onExists) VALUES (?, ?, ?, ?, ?)',
          ...[id, createdAtMs, destination, priority, onExists]
        )
        return jobs.map((job) => {
          const { lastId } = database.run(insertJobSql, ...insertValues(job))
          return { ...job, sequence: lastId, attempts: 0, notBeforeMs: 0, failedNodeIds: [] }
        })
      }),

    change: async (id, from, change) => changeOne(id, from, change),

    changeAll: async (ids, from, change) =>
      database.transaction(() => ids.map((id) => changeOne(id, from, change)).filter((job) => job !== undefined)),

    remove: async (ids) => removeWhere('id IN (SELECT value FROM json_each(?))', JSON.stringify(ids)),

    expire: async (beforeMs) => {
      const gone = removeWhere('endedAtMs < ?', beforeMs)
      database.run(
        `DELETE FROM submissions WHERE createdAtMs < ?
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE submissionId = submissions.id)`,
        beforeMs
      )
      return gone
    }
  }
}
