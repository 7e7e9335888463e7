import { z } from 'zod'
import { jobState } from '../../shared/domain/jobs.ts'
import { kind } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { JobStore } from '../jobs/index.ts'
import type { Database } from './database.ts'
import { jobColumns } from './job-columns.ts'
import { toJob } from './rows.ts'

type Queries = Pick<
  JobStore,
  | 'get'
  | 'list'
  | 'waiting'
  | 'nextDueMs'
  | 'inState'
  | 'idsInState'
  | 'destinationsInState'
  | 'uploadsInState'
  | 'states'
  | 'counts'
  | 'countsByNode'
  | 'claimOn'
>

const due = z.object({ dueMs: z.number().nullable() })
const fileClaim = z.object({ claim: z.enum(['source', 'output']).nullable() })
const open = `state NOT IN ('completed', 'failed', 'cancelled')`
const stateCount = z.object({ state: jobState, jobs: z.number() })
const stateRow = z.object({ id: z.string(), submissionId: z.string(), state: jobState })
const nodeCount = z.object({ state: jobState, kind, node: z.string(), count: z.number() })

/** What is asked of jobs. INDEXED BY, because without statistics SQLite takes the index by state and sorts the whole queue. */
export function jobQueries(database: Database): Queries {
  return {
    get: async (id) => database.all(`SELECT ${jobColumns} FROM jobs WHERE id = ?`, id).map(toJob)[0],

    list: async ({ cursor, limit, submissionId }) => {
      const rows = database.all(
        `SELECT ${jobColumns} FROM jobs WHERE sequence < ? ${submissionId === undefined ? '' : 'AND submissionId = ?'}
         ORDER BY sequence DESC LIMIT ?`,
        ...[parseCursor(cursor), ...(submissionId === undefined ? [] : [submissionId]), limit + 1]
      )
      const jobs = rows.slice(0, limit).map(toJob)
      return { jobs, next: rows.length > limit ? String(jobs.at(-1)?.sequence) : undefined }
    },

    waiting: async (limit, nowMs, profiles) => {
      const ofProfiles = profiles ? `AND profile ->> '$.name' IN (SELECT value FROM json_each(?))` : ''
      return database
        .all(
          `SELECT ${jobColumns} FROM jobs INDEXED BY jobsWaiting WHERE state = 'queued' AND notBeforeMs <= ? ${ofProfiles}
           ORDER BY priorityRank, sequence LIMIT ?`,
          ...[nowMs, ...(profiles ? [JSON.stringify(profiles)] : []), limit]
        )
        .map(toJob)
    },

    nextDueMs: async (nowMs) => {
      const row = database.get(
        `SELECT min(notBeforeMs) AS dueMs FROM jobs INDEXED BY jobsDue WHERE state = 'queued' AND notBeforeMs > ?`,
        nowMs
      )
      return due.parse(row).dueMs ?? undefined
    },

    inState: async (states) =>
      database
        .all(
          `SELECT ${jobColumns} FROM jobs WHERE state IN (SELECT value FROM json_each(?)) ORDER BY sequence`,
          JSON.stringify(states)
        )
        .map(toJob),

    // Asked every second, beside as many jobs as outside engines hold.
    idsInState: async (states, sparing) =>
      database
        .all(
          `SELECT id FROM jobs WHERE state IN (SELECT value FROM json_each(?1))
           AND (ranOn IS NULL OR substr(ranOn ->> '$.nodeId', 1, length(?2)) <> ?2)`,
          ...[JSON.stringify(states), sparing]
        )
        .map((row) => String(row.id)),

    destinationsInState: async (states, sparing) =>
      database
        .all(
          `SELECT DISTINCT sink ->> '$.dir' AS dir FROM jobs WHERE state IN (SELECT value FROM json_each(?1))
           AND (dispatch IS NULL OR substr(ranOn ->> '$.nodeId', 1, length(?2)) <> ?2)`,
          ...[JSON.stringify(states), sparing]
        )
        .map((row) => String(row.dir)),

    uploadsInState: async (states) =>
      database
        .all(
          `SELECT source ->> '$.uploadId' AS id FROM jobs
           WHERE state IN (SELECT value FROM json_each(?)) AND source ->> '$.type' = 'upload'`,
          JSON.stringify(states)
        )
        .map((row) => String(row.id)),

    states: async (ids) =>
      database
        .all(
          'SELECT id, submissionId, state FROM jobs WHERE id IN (SELECT value FROM json_each(?))',
          JSON.stringify(ids)
        )
        .map((row) => stateRow.parse(row)),

    claimOn: async (path, submissionId) => {
      const row = database.get(
        `SELECT CASE WHEN EXISTS (SELECT 1 FROM jobs WHERE sourcePath = ?1 AND (submissionId = ?2 OR ${open})) THEN 'source'
         WHEN EXISTS (SELECT 1 FROM jobs WHERE output = ?1 AND submissionId = ?2) THEN 'output' END AS claim`,
        ...[path, submissionId]
      )
      return fileClaim.parse(row).claim ?? undefined
    },

    counts: async () => {
      const counts = { queued: 0, held: 0, running: 0, verifying: 0, completed: 0, failed: 0, cancelled: 0 }
      for (const row of database.all('SELECT state, count(*) AS jobs FROM jobs GROUP BY state')) {
        const { state, jobs } = stateCount.parse(row)
        counts[state] = jobs
      }
      return counts
    },

    countsByNode: async () =>
      database
        .all(
          `SELECT state, kind, coalesce(ranOn ->> '$.nodeName', '') AS node, count(*) AS count
           FROM jobs GROUP BY 1, 2, 3`
        )
        .map((row) => nodeCount.parse(row))
  }
}

/** Cursors are the sequence of the last job seen. */
function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new MicrotomeError({
    code: 'bad-cursor',
    class: 'input',
    message: `"${cursor.slice(0, 40)}" is not a place in the list of jobs.`,
    hint: 'Use the `next` of the answer before, or none to begin.'
  })
}
