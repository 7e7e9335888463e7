import { parseProfile } from '../../../shared/domain/profiles.ts'
import type { StoredJob } from '../../jobs/index.ts'

/** A queued photo, but for what `over` says. */
export function storedJob(over: Partial<StoredJob> = {}): StoredJob {
  return {
    id: 'j1',
    submissionId: 's1',
    sequence: 1,
    source: { type: 'file', path: '/scans/a.jpg' },
    name: 'a.jpg',
    kind: 'image',
    sizeBytes: 10,
    sourceModifiedAtMs: 1,
    profile: parseProfile('webp'),
    sink: { type: 'folder', dir: '/out' },
    onExists: 'rename',
    priority: 'normal',
    state: 'queued',
    attempts: 0,
    notBeforeMs: 0,
    failedNodeIds: [],
    createdAtMs: 1,
    ...over
  }
}
