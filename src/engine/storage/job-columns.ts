import type { SQLInputValue } from 'node:sqlite'
import type { Profile } from '../../shared/domain/profiles.ts'
import type { JobChange, NewJob } from '../jobs/index.ts'
import { canonicalJson } from './column-types.ts'

const insertColumns = [
  'id',
  'submissionId',
  'source',
  'name',
  'kind',
  'sizeBytes',
  'sourceModifiedAtMs',
  'profile',
  'sink',
  'onExists',
  'priority',
  'state',
  'output',
  'skipped',
  'error',
  'report',
  'dispatch',
  'createdAtMs',
  'endedAtMs'
] as const satisfies (keyof NewJob)[]

const changeColumns = [
  'state',
  'priority',
  'attempts',
  'notBeforeMs',
  'failedNodeIds',
  'ranOn',
  'commit',
  'output',
  'skipped',
  'error',
  'report',
  'dispatch',
  'startedAtMs',
  'endedAtMs'
] as const satisfies (keyof JobChange)[]

const quoted = (column: string) => `"${column}"`

/** All of a stored job, for SELECT and RETURNING. */
export const jobColumns = ['sequence', ...new Set([...insertColumns, ...changeColumns])].map(quoted).join(', ')

export const insertJobSql = `INSERT INTO jobs (${insertColumns.map(quoted).join(', ')})
  VALUES (${insertColumns.map(() => '?').join(', ')})`

export const insertValues = (job: NewJob): SQLInputValue[] =>
  insertColumns.map((column) => (column === 'profile' ? profileText(job.profile) : toColumn(job[column])))

/** The SET clause and its values. A field that is there and undefined is cleared, one that is absent stays. */
export function assignments(change: JobChange): { sql: string; values: SQLInputValue[] } {
  const changed = changeColumns.filter((column) => column in change)
  return {
    // A change of nothing still answers the job.
    sql: changed.length > 0 ? changed.map((column) => `${quoted(column)} = ?`).join(', ') : 'id = id',
    values: changed.map((column) => toColumn(change[column]))
  }
}

function toColumn(value: unknown): SQLInputValue {
  if (value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return JSON.stringify(value)
}

const profileTexts = new WeakMap<Profile, string>()

/** Profiles are compared as texts, so that equal ones are the same; thousands of jobs share one object. */
function profileText(profile: Profile): string {
  const known = profileTexts.get(profile)
  if (known !== undefined) return known
  const text = canonicalJson(profile)
  profileTexts.set(profile, text)
  return text
}
