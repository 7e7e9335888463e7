import { statfsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/index.ts'
import { removeTree, wipeScratch } from '../process/index.ts'
import type { Fencing } from '../scheduler/worker-port.ts'

/** Ids become folder names, so they must be nothing else. */
const soundId = /^[A-Za-z0-9_-]{1,100}$/
const freeBytesForMs = 2000

/** Working folders of leases, `<dir>/<taskId>.<epoch>`; each goes when its lease ends, all at the next start. */
export class Scratch {
  readonly #dir: string
  readonly #clock: Clock
  readonly #log: Log
  #free: { bytes: number; atMs: number } | undefined

  constructor(dir: string, clock: Clock, log: Log) {
    this.#dir = dir
    this.#clock = clock
    this.#log = log
  }

  /** Empties it of what an earlier run left. */
  async wipe(): Promise<void> {
    await wipeScratch(this.#dir, this.#log)
  }

  /** Makes a lease's folder. Throws for an id that is no plain word, and where the folder exists already. */
  async open({ taskId, epoch }: Fencing): Promise<string> {
    if (!soundId.test(taskId) || !Number.isSafeInteger(epoch))
      throw new MicrotomeError({ code: 'bad-task-id', class: 'bug', message: 'A task has an id that can not be used.' })
    const dir = join(this.#dir, `${taskId}.${epoch}`)
    await mkdir(dir)
    return dir
  }

  async close(dir: string): Promise<void> {
    await removeTree(dir, this.#log)
  }

  /** Looked up every 2 s at most. */
  freeBytes(): number {
    const nowMs = this.#clock.monotonicMs()
    if (!this.#free || nowMs - this.#free.atMs > freeBytesForMs) {
      const { bavail, bsize } = statfsSync(this.#dir)
      this.#free = { bytes: bavail * bsize, atMs: nowMs }
    }
    return this.#free.bytes
  }
}
