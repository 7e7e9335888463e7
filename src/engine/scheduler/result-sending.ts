import { toJobError } from '../../shared/errors.ts'
import type { StoredJob } from '../jobs/job-store.ts'
import { pause } from '../transfer/index.ts'
import { backoffMs } from './backoff.ts'
import type { MasterParts } from './parts.ts'
import { maxAttempts } from './retry.ts'

/** Sends results to where their jobs want them, once they are whole and have their names here. */
export class ResultSending {
  readonly #parts: MasterParts
  readonly #running = new Map<string, AbortController>()
  #stopped = false

  constructor(parts: MasterParts) {
    this.#parts = parts
  }

  /**
   * Answers the address without credentials; undefined for a job whose result stays here. A link that fails is tried again like a job
   * is. Throws what the web says, and after {@link stop} that it was cancelled.
   */
  async send({ id, sink, dispatch }: StoredJob, path: string): Promise<string | undefined> {
    const { web, clock, random } = this.#parts
    if (sink.type !== 'url' || !web) return undefined
    const stop = new AbortController()
    if (this.#stopped) stop.abort()
    this.#running.set(id, stop)
    const most = (dispatch?.maxRetries ?? maxAttempts.transport - 1) + 1
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await web.put({ path, url: sink.url, signal: stop.signal })
        } catch (thrown) {
          if (toJobError(thrown).class !== 'transport' || tries >= most || stop.signal.aborted) throw thrown
        }
        await pause(clock, backoffMs(tries, random()), stop.signal)
      }
    } finally {
      this.#running.delete(id)
    }
  }

  isSending(jobId: string): boolean {
    return this.#running.has(jobId)
  }

  /** The engine ends: what was not sent is sent by its next run. */
  stop(): void {
    this.#stopped = true
    for (const stop of this.#running.values()) stop.abort()
  }

  get stopped(): boolean {
    return this.#stopped
  }
}
