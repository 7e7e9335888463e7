import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { Fetched, Fetching, Sending } from '../../web/index.ts'
import type { MasterParts } from '../parts.ts'

const stopped = () =>
  new MicrotomeError({ code: 'url-cancelled', class: 'transport', message: 'The transfer was stopped.' })

/** A web whose transfers end when the test says so, or at once. */
export class FakeWeb implements NonNullable<MasterParts['web']> {
  readonly fetches: Fetching[] = []
  readonly puts: Sending[] = []
  readonly removed: string[] = []
  /** What a transfer waits for before it ends; it throws what this does. */
  before: () => Promise<void> = async () => {}
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  readonly sources = {
    fetch: async (fetching: Fetching): Promise<Fetched> => {
      this.fetches.push(fetching)
      await orStopped(this.before(), fetching.signal)
      const path = join(this.#folder, 'fetched', fetching.jobId, 'film.mp4')
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, 'twelve bytes')
      return { path, sizeBytes: 12 }
    },
    remove: async (jobId: string) => void this.removed.push(jobId)
  }

  readonly results = {
    prepare: async (jobId: string) => join(this.#folder, 'results', jobId),
    remove: async (jobId: string) => rm(join(this.#folder, 'results', jobId), { recursive: true, force: true })
  }

  readonly put = async (sending: Sending): Promise<string> => {
    this.puts.push(sending)
    await orStopped(this.before(), sending.signal)
    return sending.url.replace(/\?.*/, '')
  }
}

async function orStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const abort = Promise.withResolvers<never>()
  if (signal.aborted) abort.reject(stopped())
  signal.addEventListener('abort', () => abort.reject(stopped()))
  await Promise.race([work, abort.promise])
}
