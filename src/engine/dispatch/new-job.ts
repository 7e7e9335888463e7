import { basename } from 'node:path'
import { kindOfProfile, type Profile, type ProfileName, parseProfile } from '../../shared/domain/profiles.ts'
import type { DispatchFacts, NewJob, NewSubmission, StoredJob } from '../jobs/index.ts'
import type { Web } from '../web/index.ts'
import type { DispatchJob, DispatchWish } from './dispatch-api.ts'
import type { DispatchRecord } from './dispatch-store.ts'

/** Where sources and results of jobs by URL lie on this node. */
export interface Places {
  sources: Pick<Web['sources'], 'pathOf'>
  results: Pick<Web['results'], 'dirOf'>
}

const bytesPerMb = 1e6

/** A wish as the core's job. */
export function newJobOf(
  wish: DispatchWish,
  { id, createdAtMs }: { id: string; createdAtMs: number },
  places: Places
): NewJob {
  const path = places.sources.pathOf(id, wish.sourceUrl)
  const dir = places.results.dirOf(id)
  const { sinkUrl } = wish
  return {
    id,
    submissionId: submissionIdOf(createdAtMs),
    source: { type: 'url', path, url: wish.sourceUrl },
    name: basename(path),
    kind: kindOfProfile(wish.profile),
    sizeBytes: Math.round(wish.jobSizeMb * bytesPerMb),
    sourceModifiedAtMs: 0,
    profile: plainProfile(wish.profile),
    sink: sinkUrl === undefined ? { type: 'blob', dir } : { type: 'url', dir, url: sinkUrl },
    onExists: 'rename',
    priority: wish.priority,
    state: 'queued',
    dispatch: factsOf(wish),
    createdAtMs
  }
}

/** What is stored of a job by URL beside the core's columns. */
export function factsOf(wish: DispatchWish & { outputUrl?: string | undefined }): DispatchFacts {
  const { targetCodec, jobSizeMb, maxRetries, times, resourceRequirements, outputUrl } = wish
  return { targetCodec, jobSizeMb, maxRetries, times, resourceRequirements, outputUrl }
}

/** The jobs of a day (UTC) are one submission: a window that showed one for each job would show nothing else. */
export function submissionOf(createdAtMs: number, destination: string): NewSubmission {
  return { id: submissionIdOf(createdAtMs), createdAtMs, destination, priority: 'normal', onExists: 'rename' }
}

function submissionIdOf(createdAtMs: number): string {
  return `dispatch-${new Date(createdAtMs).toISOString().slice(0, 10)}`
}

export function recordOf(job: NewJob, wish: DispatchWish, sequence: number): DispatchRecord {
  return {
    id: job.id,
    sequence,
    sourceUrl: wish.sourceUrl,
    sinkUrl: wish.sinkUrl,
    profile: wish.profile,
    priority: wish.priority,
    state: 'queued',
    attempts: 0,
    notBeforeMs: 0,
    facts: factsOf(wish),
    epoch: 0,
    createdAtMs: job.createdAtMs
  }
}

/** The same job as the core knows it, without asking the database. */
export function storedJobOf(job: DispatchJob, record: DispatchRecord, places: Places): StoredJob {
  const { state, attempts, notBeforeMs, sequence, startedAtMs, endedAtMs, output, error } = record
  return {
    ...newJobOf(job, job, places),
    ...{ state, attempts, notBeforeMs, sequence, startedAtMs, endedAtMs, output, error },
    failedNodeIds: []
  }
}

const profilesByName = new Map<ProfileName, Profile>()

/** With its default options; checked once. */
function plainProfile(name: ProfileName): Profile {
  const known = profilesByName.get(name) ?? parseProfile(name)
  profilesByName.set(name, known)
  return known
}
