import { parseProfile } from '../../../shared/domain/profiles.ts'
import type { NewJob, NewSubmission } from '../../jobs/index.ts'

/** A submission as a drop makes it; times are wall clock milliseconds. */
export function newSubmission(id: string, over: Partial<NewSubmission> = {}): NewSubmission {
  return { id, createdAtMs: 1000, destination: '/results', priority: 'normal', onExists: 'rename', ...over }
}

/** A queued job of a slide. */
export function newJob(id: string, submissionId: string, over: Partial<NewJob> = {}): NewJob {
  return {
    id,
    submissionId,
    source: { type: 'file', path: `/slides/${id}.svs` },
    name: `${id}.svs`,
    kind: 'slide',
    sizeBytes: 1_938_955,
    sourceModifiedAtMs: 1_700_000_000_000.25,
    profile: parseProfile('dzi'),
    sink: { type: 'folder', dir: '/results' },
    onExists: 'rename',
    priority: 'normal',
    state: 'queued',
    createdAtMs: 1000,
    ...over
  }
}
