import { statfsSync, statSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/index.ts'
import { removeTree, wipeScratch } from '../process/index.ts'
import type { Fencing } from '../scheduler/worker-port.ts'

/** Ids become folder names, so they must be nothing else. */
const soundId = /^[A-Za-z0-9_-]{1,100}$/
const freeBytesForMs = 2000

/** What of an earlier run's scratch stays: the folders of `leases`, if they were changed after `sinceMs` (wall clock). */
export interface Kept {
  leases: readonly Fencing[]
  sinceMs: number
}

/**
 * Working folders of leases, `<dir>/<taskId>.<epoch>`; each goes when its lease ends, and at the next start, unless the task
 * goes on.
 */
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

  /** Makes the folder where missing; what an earlier run left stays. */
  async make(): Promise<void> {
    await mkdir(this.#dir, { recursive: true })
  }

  /** Empties it of what an earlier run left, but for what is to be kept. */
  async wipe(kept?: Kept): Promise<void> {
    const names = kept?.leases.map((lease) => nameOf(lease)) ?? []
    const recent = names.filter((name) => changedAtMs(join(this.#dir, name)) >= (kept?.sinceMs ?? 0))
    await wipeScratch(this.#dir, this.#log, recent)
  }

  /**
   * Makes a lease's folder, of what {@link wipe} kept of the one before it where `leftEpoch` names that. Throws for an id that is
   * no plain word, and where the folder exists already.
   */
  async open({ taskId, epoch, leftEpoch }: Fencing & { leftEpoch?: number | undefined }): Promise<string> {
    const dir = join(this.#dir, nameOf({ taskId, epoch }))
    const left = leftEpoch === undefined ? undefined : join(this.#dir, nameOf({ taskId, epoch: leftEpoch }))
    if (left === undefined || !(await isRenamed(left, dir))) await mkdir(dir)
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

/** Throws for an id that is no plain word. */
function nameOf({ taskId, epoch }: Fencing): string {
  if (!soundId.test(taskId) || !Number.isSafeInteger(epoch))
    throw new MicrotomeError({ code: 'bad-task-id', class: 'bug', message: 'A task has an id that can not be used.' })
  return `${taskId}.${epoch}`
}

/** False where it was not kept, or something holds on to it: the task starts anew then. */
function isRenamed(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false
  )
}

/** 0 where there is no such folder. */
function changedAtMs(dir: string): number {
  return statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
