import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { LookAtJob } from './web.ts'

/** Its job may be just about to be stored. */
const strangerKeptMs = 3_600_000

type Looked = Awaited<ReturnType<LookAtJob>>

/** A folder of folders, each named after the job that its files belong to. */
export class JobFolders {
  readonly #dir: string
  readonly #clock: Clock

  constructor(dir: string, clock: Clock) {
    this.#dir = dir
    this.#clock = clock
  }

  /** Throws `bad-job-id` for what is no plain word: it would be another folder. */
  dirOf(jobId: string): string {
    if (/^[\w-]{1,100}$/.test(jobId)) return join(this.#dir, jobId)
    throw new MicrotomeError({ code: 'bad-job-id', class: 'bug', message: 'A job has an id that can not be used.' })
  }

  /** Also one that is gone already. */
  async remove(jobId: string): Promise<void> {
    await rm(this.dirOf(jobId), { recursive: true, force: true })
  }

  /** Removes the folders whose job is not known, or of which `isOver` says so; answers their names. */
  async sweep(look: LookAtJob, isOver: (job: NonNullable<Looked>) => boolean): Promise<string[]> {
    const gone: string[] = []
    for (const name of await readdir(this.#dir).catch(nothingThere)) {
      const job = await look(name)
      if (job ? !isOver(job) : await this.#isFresh(name)) continue
      await rm(join(this.#dir, name), { recursive: true, force: true })
      gone.push(name)
    }
    return gone
  }

  async #isFresh(name: string): Promise<boolean> {
    const found = await stat(join(this.#dir, name)).catch(() => undefined)
    return found !== undefined && this.#clock.wallMs() - found.mtimeMs < strangerKeptMs
  }
}

function nothingThere(thrown: unknown): string[] {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
  throw thrown
}
