import type { JobStore } from '../jobs/index.ts'
import type { Database } from './database.ts'
import { jobEdits } from './sqlite-job-edits.ts'
import { jobHistory } from './sqlite-job-history.ts'
import { jobQueries } from './sqlite-job-queries.ts'
import { knownResults } from './sqlite-known-results.ts'
import { submissionQueries } from './sqlite-submissions.ts'

/**
 * The job store on SQLite. Its calls run to their end before they return, so each is one transaction without any lock of ours;
 * they are asynchronous because the port is.
 */
export function sqliteJobStore(database: Database): JobStore {
  return {
    ...jobQueries(database),
    ...jobEdits(database),
    ...jobHistory(database),
    ...submissionQueries(database),
    ...knownResults(database)
  }
}
