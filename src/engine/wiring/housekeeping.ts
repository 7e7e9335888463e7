import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import type { EventHub } from '../events/index.ts'
import type { Uploads } from '../intake/index.ts'
import type { JobStore } from '../jobs/index.ts'
import type { LeaseStore } from '../leases/index.ts'
import type { Rates } from '../scheduler/index.ts'
import type { Documents } from '../storage/index.ts'
import { type SweptWeb, sweepWeb } from './sweep-web.ts'

const dayMs = 24 * 3_600_000
const everyMs = 3_600_000
const ratesEveryMs = 60_000
/** What made which file is known this long, so that a drop is cheap to repeat; its file names go then, too. */
const resultsKeptMs = 365 * dayMs

export interface HousekeepingParts {
  clock: Clock
  config: Config
  events: EventHub
  jobs: JobStore
  leases: LeaseStore
  documents: Documents
  rates: Rates
  uploads: Uploads
  web: SweptWeb
  thumbnailDir: string
  /** Whether uploads and results may belong to jobs of a database that was set aside: they stay then. */
  keepsStrangers: () => boolean
  onBug: (thrown: unknown) => void
}

/**
 * Old jobs, abandoned uploads, unused thumbnails and what was fetched or kept long enough go every hour; measured rates are kept every
 * minute. Answers how to stop.
 */
export function startHousekeeping(parts: HousekeepingParts): () => Promise<void> {
  const { clock, onBug } = parts
  let saved = JSON.stringify(parts.rates.toDocument())
  const saveRates = async () => {
    const document = parts.rates.toDocument()
    const text = JSON.stringify(document)
    if (text !== saved) await parts.documents.put('rates', document)
    saved = text
  }
  let tidying = tidy(parts).catch(onBug)
  const timers = [
    clock.every(everyMs, () => {
      tidying = tidying.then(() => tidy(parts)).catch(onBug)
    }),
    clock.every(ratesEveryMs, () => void saveRates().catch(onBug))
  ]
  return async () => {
    for (const timer of timers) timer.cancel()
    await tidying
    await saveRates()
  }
}

async function tidy(parts: HousekeepingParts): Promise<void> {
  const { clock, config, jobs, leases, events } = parts
  const keptMs = config.current().keepFinishedDays * dayMs
  const gone = await jobs.expire(clock.wallMs() - keptMs)
  await leases.remove(gone)
  await jobs.expireResults(clock.wallMs() - Math.max(keptMs, resultsKeptMs))
  for (const id of gone) events.emit('job-removed', id)
  if (gone.length > 0) events.emit('status', undefined)
  const keepsStrangers = parts.keepsStrangers()
  if (!keepsStrangers) await parts.uploads.sweep(() => uploadsOfListedJobs(jobs))
  for (const id of await sweepWeb(parts.web, jobs, keepsStrangers)) events.emit('job', id)
  await dropOldThumbnails(parts.thumbnailDir, clock.wallMs() - Math.max(keptMs, dayMs))
}

/** Uploads of jobs that may still need them: not ended, or failed and so perhaps to be tried again. */
async function uploadsOfListedJobs(jobs: JobStore): Promise<Set<string>> {
  return new Set(await jobs.uploadsInState(['queued', 'held', 'running', 'verifying', 'failed']))
}

async function dropOldThumbnails(dir: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name)
    const found = await stat(path).catch(() => undefined)
    if (found && found.mtimeMs < beforeMs) await rm(path, { force: true })
  }
}
