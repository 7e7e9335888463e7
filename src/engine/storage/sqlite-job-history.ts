import { MicrotomeError } from '../../shared/errors.ts'
import type { JobStore } from '../jobs/index.ts'
import type { Database } from './database.ts'
import { toAttempt, toLogLine } from './rows.ts'

type History = Pick<JobStore, 'startAttempt' | 'endAttempt' | 'attempts' | 'addLogLine' | 'logLines'>

const keptLines = 200

/** What happened to a job. A line or an end that comes after the job was removed has nowhere to go and is dropped. */
export function jobHistory(database: Database): History {
  return {
    startAttempt: async (jobId, { epoch, nodeId, nodeName, startedAtMs }) => {
      const { changes } = database.run(
        `INSERT INTO attempts (jobId, epoch, nodeId, nodeName, startedAtMs, outcome)
         SELECT id, ?, ?, ?, ?, 'running' FROM jobs WHERE id = ?`,
        ...[epoch, nodeId, nodeName, startedAtMs, jobId]
      )
      if (changes === 0)
        throw new MicrotomeError({ code: 'no-such-job', class: 'bug', message: `There is no job ${jobId} to attempt.` })
    },

    // The first end counts: a late one of the same attempt changes nothing.
    endAttempt: async (jobId, epoch, { endedAtMs, outcome, error }) => {
      database.run(
        'UPDATE attempts SET endedAtMs = ?, outcome = ?, error = ? WHERE jobId = ? AND epoch = ? AND endedAtMs IS NULL',
        ...[endedAtMs, outcome, error ? JSON.stringify(error) : null, jobId, epoch]
      )
    },

    attempts: async (jobId) =>
      database
        .all(
          `SELECT epoch, nodeId, nodeName, startedAtMs, endedAtMs, outcome, error FROM attempts
           WHERE jobId = ? ORDER BY epoch`,
          jobId
        )
        .map(toAttempt),

    addLogLine: async (jobId, { atMs, level, message }) =>
      database.transaction(() => {
        database.run(
          'INSERT INTO logLines (jobId, atMs, level, message) SELECT id, ?, ?, ? FROM jobs WHERE id = ?',
          ...[atMs, level, message, jobId]
        )
        database.run(
          `DELETE FROM logLines WHERE jobId = ?1 AND line <=
           (SELECT line FROM logLines WHERE jobId = ?1 ORDER BY line DESC LIMIT 1 OFFSET ${keptLines})`,
          jobId
        )
      }),

    logLines: async (jobId) =>
      database.all('SELECT atMs, level, message FROM logLines WHERE jobId = ? ORDER BY line', jobId).map(toLogLine)
  }
}
