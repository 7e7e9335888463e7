import type { JobStore } from '../jobs/index.ts'
import { canonicalJson } from './column-types.ts'
import type { Database } from './database.ts'
import { toResult } from './rows.ts'

type Results = Pick<JobStore, 'recordResult' | 'knownResult' | 'resultsOf' | 'expireResults'>

const columns = 'output, sourcePath, sourceSizeBytes, sourceModifiedAtMs, profile, outputSizeBytes, outputModifiedAtMs'

/** What made which file. A result outlives its job, so that a drop is cheap to repeat after the job left the list. */
export function knownResults(database: Database): Results {
  return {
    // REPLACE instead of an update: it moves the result to the front, the newest first.
    recordResult: async (result) => {
      database.run(
        `INSERT OR REPLACE INTO results (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[result.output, result.sourcePath, result.sourceSizeBytes, result.sourceModifiedAtMs],
        ...[canonicalJson(result.profile), result.outputSizeBytes, result.outputModifiedAtMs]
      )
    },
    knownResult: async (output) =>
      database.all(`SELECT ${columns} FROM results WHERE output = ?`, output).map(toResult)[0],
    expireResults: async (beforeMs) => {
      database.run('DELETE FROM results WHERE outputModifiedAtMs < ?', beforeMs)
    },
    resultsOf: async (sourcePath, profile) =>
      database
        .all(
          `SELECT ${columns} FROM results WHERE sourcePath = ? AND profile = ? ORDER BY recorded DESC`,
          ...[sourcePath, canonicalJson(profile)]
        )
        .map(toResult)
  }
}
