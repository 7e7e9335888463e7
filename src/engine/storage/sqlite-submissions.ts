import type { JobStore } from '../jobs/index.ts'
import type { Database } from './database.ts'
import { toSubmission } from './rows.ts'

/** `completed` counts the skipped ones too: they are completed jobs. */
const summary = `
  SELECT s.id, s.createdAtMs, s.destination, s.priority, s.onExists,
    count(j.id) AS total,
    count(*) FILTER (WHERE j.state = 'completed') AS completed,
    count(*) FILTER (WHERE j.state = 'failed') AS failed,
    count(*) FILTER (WHERE j.state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE j.skipped = 1) AS skipped,
    CASE WHEN count(j.id) = count(*) FILTER (WHERE j.state IN ('completed', 'failed', 'cancelled'))
      THEN max(j.endedAtMs) END AS endedAtMs
  FROM submissions s LEFT JOIN jobs j ON j.submissionId = s.id`

/** Drops and how far they are, counted when asked. */
export function submissionQueries(database: Database): Pick<JobStore, 'submission' | 'submissions'> {
  return {
    submission: async (id) => database.all(`${summary} WHERE s.id = ? GROUP BY s.sequence`, id).map(toSubmission)[0],
    submissions: async (limit) =>
      database
        .all(
          `${summary} WHERE s.sequence IN (SELECT sequence FROM submissions ORDER BY sequence DESC LIMIT ?)
           GROUP BY s.sequence ORDER BY s.sequence DESC`,
          limit
        )
        .map(toSubmission)
  }
}
