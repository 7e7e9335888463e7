import { z } from 'zod'
import { jobState, priority } from '../../shared/domain/jobs.ts'
import { profileName } from '../../shared/domain/profiles.ts'
import { jobError } from '../../shared/errors.ts'
import type { DispatchRecord, DispatchStore, JobMove, Lending } from '../dispatch/index.ts'
import { assertMayMove, type NewJob, type NewSubmission } from '../jobs/index.ts'
import { json, optional } from './column-types.ts'
import type { Database } from './database.ts'
import { assignments, insertJobSql, insertValues } from './job-columns.ts'
import { dispatchFacts, parser } from './rows.ts'
import { addTask, claimTask, releaseTask, reopenTask, settleTask } from './sqlite-tasks.ts'

const toRecord = parser<DispatchRecord>(
  'job',
  z.object({
    id: z.string(),
    sequence: z.number().int(),
    sourceUrl: z.string(),
    sinkUrl: optional(z.string()),
    profile: profileName,
    priority,
    state: jobState,
    attempts: z.number().int(),
    notBeforeMs: z.number(),
    facts: json(dispatchFacts),
    ranOnName: optional(z.string()),
    epoch: z.number().int(),
    workerId: optional(z.string()),
    output: optional(z.string()),
    error: optional(json(jobError)),
    createdAtMs: z.number(),
    startedAtMs: optional(z.number()),
    endedAtMs: optional(z.number())
  })
)

const recordsSql = `
  SELECT j.id, j.sequence, j.source ->> '$.url' AS sourceUrl, j.sink ->> '$.url' AS sinkUrl, j.profile ->> '$.name' AS profile,
    j.priority, j.state, j.attempts, j.notBeforeMs, j.dispatch AS facts, j.ranOn ->> '$.nodeName' AS ranOnName,
    coalesce(t.epoch, 0) AS epoch, CASE t.state WHEN 'leased' THEN t.workerId END AS workerId,
    j.output, j.error, j.createdAtMs, j.startedAtMs, j.endedAtMs
  FROM jobs j LEFT JOIN tasks t ON t.taskId = j.id WHERE j.dispatch IS NOT NULL`

const keptEngine = z.object({ id: z.string(), json: z.string() })
/** Engines are documents of this name and their id. */
const engineName = 'engine:'

/** Jobs by URL on SQLite, many changes to one flush; see {@link Database.together}. */
export function sqliteDispatchStore(database: Database): DispatchStore {
  const keepEngine = ({ id, json }: { id: string; json: string }) =>
    void database.run(
      'INSERT INTO documents (name, json) VALUES (?, ?) ON CONFLICT DO UPDATE SET json = excluded.json',
      ...[engineName + id, json]
    )

  /** Jobs come by the thousand into the same one. */
  let lastSubmission: string | undefined

  return {
    all: async () => database.all(`${recordsSql} ORDER BY j.sequence`).map(toRecord),

    read: async (ids) =>
      database.all(`${recordsSql} AND j.id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids)).map(toRecord),

    add: (submission, job) =>
      database.together(() => {
        const sequence = addJob(database, submission, job, submission.id === lastSubmission)
        lastSubmission = submission.id
        addTask(database, job.id, job.id)
        return sequence
      }),

    lend: (lending) => database.together(() => lend(database, lending)),

    move: (move) =>
      database.together(() => {
        if (!moveJob(database, move)) return false
        const engine = move.engine?.()
        if (engine) keepEngine(engine)
        return true
      }),

    engines: async () =>
      database
        .all(
          `SELECT substr(name, ${engineName.length + 1}) AS id, json FROM documents
           WHERE name >= '${engineName}' AND name < 'engine;' ORDER BY name`
        )
        .map((row) => keptEngine.parse(row)),

    keepEngine: (engine) => database.together(() => keepEngine(engine)),

    dropEngine: (id) =>
      database.together(() => void database.run('DELETE FROM documents WHERE name = ?', engineName + id))
  }
}

/** A submission that is thought to be there may be gone, with the last of its jobs: then this one's foreign key fails. */
function addJob(database: Database, submission: NewSubmission, job: NewJob, isThere: boolean): number {
  try {
    if (!isThere) addSubmission(database, submission)
    return database.run(insertJobSql, ...insertValues(job)).lastId
  } catch (error) {
    if (!isThere) throw error
    return addJob(database, submission, job, false)
  }
}

function addSubmission(database: Database, submission: NewSubmission): void {
  const { id, createdAtMs, destination, priority, onExists } = submission
  database.run(
    `INSERT INTO submissions (id, createdAtMs, destination, priority, onExists) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    ...[id, createdAtMs, destination, priority, onExists]
  )
}

function lend(database: Database, { jobId, epoch, workerId, workerName, startedAtMs }: Lending): boolean {
  if (!claimTask(database, jobId, workerId, epoch)) return false
  const { changes } = database.run(
    `UPDATE jobs SET state = 'running', startedAtMs = coalesce(startedAtMs, ?), ranOn = ? WHERE id = ? AND state = 'queued'`,
    ...[startedAtMs, JSON.stringify({ nodeId: workerId, nodeName: workerName }), jobId]
  )
  if (changes === 0) {
    releaseTask(database, { taskId: jobId, epoch: epoch + 1 })
    return false
  }
  database.run(
    `INSERT INTO attempts (jobId, epoch, nodeId, nodeName, startedAtMs, outcome) VALUES (?, ?, ?, ?, ?, 'running')`,
    ...[jobId, epoch + 1, workerId, workerName, startedAtMs]
  )
  return true
}

/** The lease first: whoever ends it sees the job to its end. */
function moveJob(database: Database, { jobId, from, change, lease, reopen }: JobMove): boolean {
  if (change.state !== undefined && change.state !== from) assertMayMove(from, change.state)
  if (lease && !endLease(database, jobId, lease)) return false
  const set = assignments(change)
  const { changes } = database.run(
    `UPDATE jobs SET ${set.sql} WHERE id = ? AND state = ?`,
    ...[...set.values, jobId, from]
  )
  if (changes === 0) return false
  if (reopen) reopenTask(database, jobId)
  return true
}

function endLease(
  database: Database,
  taskId: string,
  { epoch, workerId, task, attempt }: NonNullable<JobMove['lease']>
): boolean {
  const fencing = { taskId, epoch }
  const ended = task === 'waiting' ? releaseTask(database, fencing) : settleTask(database, fencing, workerId, task)
  if (!ended) return false
  const { endedAtMs, outcome, error } = attempt
  database.run(
    'UPDATE attempts SET endedAtMs = ?, outcome = ?, error = ? WHERE jobId = ? AND epoch = ? AND endedAtMs IS NULL',
    ...[endedAtMs, outcome, error ? JSON.stringify(error) : null, taskId, epoch]
  )
  return true
}
