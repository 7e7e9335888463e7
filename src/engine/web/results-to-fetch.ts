import { mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { mediaTypeOf } from '../../shared/domain/media-types.ts'
import { demandRoom } from './free-room.ts'
import { JobFolders } from './job-folders.ts'
import type { KeptResult, KeptResults, LookAtJob, WebParts } from './web.ts'

const dayMs = 24 * 3_600_000

/** See {@link KeptResults}. What is kept is a promise: it never goes before its time, so a full disk refuses new results instead. */
export class ResultsToFetch implements KeptResults {
  readonly #parts: WebParts
  readonly #folders: JobFolders

  constructor(parts: WebParts) {
    this.#parts = parts
    this.#folders = new JobFolders(join(parts.dataDir, 'blobs'), parts.clock)
  }

  dirOf(jobId: string): string {
    return this.#folders.dirOf(jobId)
  }

  async prepare(jobId: string, needBytes: number): Promise<string> {
    const dir = this.dirOf(jobId)
    await demandRoom(this.#parts.dataDir, needBytes)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    return dir
  }

  async find(jobId: string, output: string): Promise<KeptResult | undefined> {
    if (dirname(output) !== this.dirOf(jobId)) return undefined
    const found = await stat(output).catch(() => undefined)
    if (!found?.isFile()) return undefined
    const name = basename(output)
    return { path: output, sizeBytes: found.size, name, type: mediaTypeOf(name) }
  }

  remove(jobId: string): Promise<void> {
    return this.#folders.remove(jobId)
  }

  sweep(look: LookAtJob): Promise<string[]> {
    const { clock, settings } = this.#parts
    const beforeMs = clock.wallMs() - settings().keepResultsDays * dayMs
    return this.#folders.sweep(look, ({ endedAtMs }) => endedAtMs !== undefined && endedAtMs <= beforeMs)
  }
}
