import { join } from 'node:path'
import { FakeClock } from '../../../src/engine/fake-clock.ts'
import type { NewJob } from '../../../src/engine/jobs/index.ts'
import { openStorage } from '../../../src/engine/storage/index.ts'
import { parseProfile } from '../../../src/shared/domain/profiles.ts'

/** Writes finished, failed and held jobs into the database of a node that does not run; `slide-00001.svs` and so on. */
export async function seedJobs(dataDir: string, count: number): Promise<void> {
  const storage = openStorage(join(dataDir, 'microtome.db'), new FakeClock())
  try {
    const submission = { id: 'seed', createdAtMs: Date.now(), destination: '/results', priority: 'normal' } as const
    const jobs = Array.from({ length: count }, (_, index) => seededJob(index + 1, submission.createdAtMs))
    await storage.jobs.addSubmission({ ...submission, onExists: 'rename' }, jobs)
  } finally {
    storage.close()
  }
}

/** Every tenth failed, every seventh of the others is held, the rest is done. */
function seededJob(number: number, createdAtMs: number): NewJob {
  const name = `slide-${String(number).padStart(5, '0')}.svs`
  const state = number % 10 === 0 ? 'failed' : number % 7 === 0 ? 'held' : 'completed'
  const error = { code: 'truncated', class: 'input', message: `${name} ends too early.` } as const
  return {
    id: `seed-${number}`,
    submissionId: 'seed',
    source: { type: 'file', path: `/slides/${name}` },
    name,
    kind: 'slide',
    sizeBytes: 1_000_000 + number,
    sourceModifiedAtMs: createdAtMs,
    profile: parseProfile('dzi'),
    sink: { type: 'folder', dir: '/results' },
    onExists: 'rename',
    priority: 'normal',
    state,
    createdAtMs,
    ...(state !== 'held' && { endedAtMs: createdAtMs }),
    ...(state === 'failed' && { error }),
    ...(state === 'completed' && { output: `/results/${name}.dzi` })
  }
}
