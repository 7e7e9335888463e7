import type { Timer } from '../clock.ts'
import type { StoredJob } from '../jobs/job-store.ts'
import type { LiveTask } from './live-tasks.ts'
import type { MasterParts } from './parts.ts'
import type { LentTask } from './worker-port.ts'

/** As a worker's heartbeat. */
const renewEveryMs = 2000
/** Of the whole task: converting is what takes long. */
const fetchingShare = 0.1

/**
 * Brings the source of a job by URL to this node before a worker is offered it. Meanwhile the master stands for the lease itself:
 * the worker knows nothing of it yet.
 */
export class SourceFetches {
  readonly #parts: MasterParts
  readonly #running = new Map<LiveTask, AbortController>()
  #stopped = false

  constructor(parts: MasterParts) {
    this.#parts = parts
  }

  /** Resolves when the source lies there; `live` names it then. Throws what the web says. */
  async fetch(live: LiveTask): Promise<void> {
    const { source, sink } = live.job
    const { web } = this.#parts
    if (source.type !== 'url' || !web) return
    const stop = new AbortController()
    if (this.#stopped) stop.abort()
    this.#running.set(live, stop)
    const renewing = this.#renew(live, stop)
    try {
      if (sink.type !== 'folder') await web.results.prepare(live.jobId, live.job.sizeBytes)
      const { path, sizeBytes } = await web.sources.fetch({
        jobId: live.jobId,
        url: source.url,
        signal: stop.signal,
        onProgress: ({ movedBytes, totalBytes }) => this.#moved(live, movedBytes, totalBytes)
      })
      live.lent = withSource(live.lent, path, sizeBytes)
    } finally {
      renewing.cancel()
      this.#running.delete(live)
    }
  }

  /** The user took the job back, or its lease is lost. */
  stop(live: LiveTask): void {
    this.#running.get(live)?.abort()
  }

  /** The engine ends: nothing is fetched any more. */
  stopAll(): void {
    this.#stopped = true
    for (const stop of this.#running.values()) stop.abort()
  }

  get stopped(): boolean {
    return this.#stopped
  }

  #renew(live: LiveTask, stop: AbortController): Timer {
    return this.#parts.clock.every(renewEveryMs, () => {
      if (live.revoked) stop.abort()
      else this.#parts.leases.renew(live.lent, live.workerId).catch(this.#parts.onBug)
    })
  }

  #moved(live: LiveTask, movedBytes: number, totalBytes: number | undefined): void {
    const share = totalBytes ? Math.min(1, movedBytes / totalBytes) : 0
    live.progress = { progress: share * fetchingShare, stage: 'fetching' }
  }
}

/** For a job that has ended: nobody reads its source again. */
export async function dropSource({ web, log }: MasterParts, job: Pick<StoredJob, 'id' | 'source'>): Promise<void> {
  if (job.source.type !== 'url') return
  await web?.sources.remove(job.id).catch((error: unknown) => {
    log.warn('a fetched source could not be removed', { jobId: job.id }, error)
  })
}

function withSource(lent: LentTask, sourcePath: string, sizeBytes: number): LentTask {
  return { ...lent, sourcePath, sizeBytes }
}
