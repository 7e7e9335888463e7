import { join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import { safeName } from '../intake/index.ts'
import { FileFetch } from './fetch-file.ts'
import { JobFolders } from './job-folders.ts'
import { PartFile } from './part-file.ts'
import { lastPart } from './url-text.ts'
import type { Fetched, Fetching, LookAtJob, WebParts, WebSources } from './web.ts'

interface Running {
  stop: AbortController
  ended: Promise<unknown>
}

/** See {@link WebSources}. One fetch of a job at a time: a second call waits and finds what the first brought. */
export class FetchedSources implements WebSources {
  readonly #parts: WebParts
  readonly #folders: JobFolders
  readonly #running = new Map<string, Running>()

  constructor(parts: WebParts) {
    this.#parts = parts
    this.#folders = new JobFolders(join(parts.dataDir, 'fetched'), parts.clock)
  }

  pathOf(jobId: string, url: string): string {
    return this.#partOf(jobId, url).path
  }

  async fetch(fetching: Fetching): Promise<Fetched> {
    const { jobId, signal } = fetching
    for (let other = this.#running.get(jobId); other; other = this.#running.get(jobId)) await other.ended
    const stop = new AbortController()
    const fetched = this.#fetch({ ...fetching, signal: AbortSignal.any([signal, stop.signal]) })
    const ended = fetched.catch(() => undefined).finally(() => this.#running.delete(jobId))
    this.#running.set(jobId, { stop, ended })
    return fetched
  }

  async remove(jobId: string): Promise<void> {
    const running = this.#running.get(jobId)
    running?.stop.abort()
    await running?.ended
    await this.#folders.remove(jobId)
  }

  async sweep(look: LookAtJob): Promise<void> {
    await this.#folders.sweep(look, ({ endedAtMs }) => endedAtMs !== undefined)
  }

  async #fetch(fetching: Fetching): Promise<Fetched> {
    const part = this.#partOf(fetching.jobId, fetching.url)
    const wholeBytes = await part.wholeBytes()
    if (wholeBytes !== undefined) return { path: part.path, sizeBytes: wholeBytes }
    try {
      return { path: part.path, sizeBytes: await new FileFetch(this.#parts, part, fetching).run() }
    } catch (thrown) {
      const mayGoOn =
        thrown instanceof MicrotomeError && thrown.class === 'transport' && (await part.state()).sizeBytes > 0
      if (!mayGoOn) await part.remove()
      throw thrown
    }
  }

  #partOf(jobId: string, url: string): PartFile {
    const parsed = URL.parse(url)
    return new PartFile(this.#folders.dirOf(jobId), safeName(parsed ? lastPart(parsed) : '', 'source'))
  }
}
