import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { writeAtOnce } from './write-file.ts'
import { WriteThread } from './write-thread.ts'

/** A look at so many files decides how the next ones are written. */
const trialFiles = 32
const filesUntilNextTrial = 512
/**
 * By the thread pool a small file takes five times the processor time that it takes at once (measured: 45 against 8 µs in
 * memory, 280 against 48 on ext4), and what many processes leave of a machine makes any disk seem slow. So only what no
 * local disk takes counts: a share that answers each of three calls after a millisecond.
 */
const slowFileMs = 2
const mostAtOnce = 16
/**
 * A thread of its own is worth it once so many files took more than this share of the time, which is to be long enough: the
 * first rows of a slide are written before the level below, that takes most of the time, has begun.
 */
const filesUntilThread = 256
const msUntilThread = 100
const threadShare = 0.2

/**
 * Writes small files as fast as their disk is: one after the other on the calling thread, or on a thread of their own where
 * they are many; several at once where each would hold up a thread. A failure is thrown by this or a later call.
 */
export class FileWriter {
  /** By path: a tile that is written again must not be overtaken by what it replaces. */
  readonly #underWay = new Map<string, Promise<void>>()
  #failure: { error: unknown } | undefined
  #thread: WriteThread | undefined
  /** Since when, and how much of that, files were written on the calling thread. */
  #sinceMs: number
  #writingMs = 0
  #writtenHere = 0
  #trialMs = 0
  #trialLeft = trialFiles
  #besideLeft = 0
  readonly #nowMs: () => number

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
    this.#sinceMs = nowMs()
  }

  /** Makes or replaces a file, and its folder where that is missing. The bytes may change once this has returned. */
  write(path: string, bytes: Buffer, folderIsNew: boolean): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error
    if (this.#thread?.failure) throw this.#thread.failure
    // In this order: no write of a path may overtake an earlier one of it.
    if (this.#thread && !(this.#besideLeft > 0 && this.#thread.isIdle))
      return this.#thread.write(path, bytes, folderIsNew)
    if (this.#besideLeft > 0 || this.#underWay.has(path)) return this.#beside(path, bytes, folderIsNew)
    const start = this.#nowMs()
    writeAtOnce(path, bytes, folderIsNew)
    const endMs = this.#nowMs()
    this.#weigh(1, endMs - start)
    this.#considerThread(endMs, endMs - start)
    return undefined
  }

  /** Resolves when everything is written; throws what failed. */
  async idle(): Promise<void> {
    await this.#thread?.idle()
    while (this.#underWay.size > 0) await Promise.race(this.#underWay.values())
    if (this.#failure) throw this.#failure.error
  }

  /** Ends the thread; what was not waited for may not be written. */
  async close(): Promise<void> {
    await this.#thread?.close()
    this.#thread = undefined
  }

  #weigh(files: number, tookMs: number): void {
    this.#trialMs += tookMs
    this.#trialLeft -= files
    if (this.#trialLeft > 0) return
    if (this.#trialMs > (trialFiles - this.#trialLeft) * slowFileMs) this.#besideLeft = filesUntilNextTrial
    this.#trialMs = 0
    this.#trialLeft = trialFiles
  }

  #considerThread(nowMs: number, tookMs: number): void {
    this.#writingMs += tookMs
    const passedMs = nowMs - this.#sinceMs
    if (++this.#writtenHere < filesUntilThread || passedMs < msUntilThread) return
    const isWorthIt = this.#writingMs > threadShare * passedMs
    if (isWorthIt && this.#underWay.size === 0) this.#thread = new WriteThread((files, ms) => this.#weigh(files, ms))
    this.#writtenHere = 0
    this.#writingMs = 0
    this.#sinceMs = nowMs
  }

  #beside(path: string, bytes: Buffer, folderIsNew: boolean): Promise<void> | undefined {
    this.#besideLeft--
    const own = Buffer.from(bytes)
    const before = this.#underWay.get(path)
    const write = () => writeBeside(path, own, folderIsNew)
    const writing: Promise<void> = (before ? before.then(write) : write())
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        if (this.#underWay.get(path) === writing) this.#underWay.delete(path)
      })
    this.#underWay.set(path, writing)
    return this.#underWay.size < mostAtOnce ? undefined : this.#room()
  }

  async #room(): Promise<void> {
    while (this.#underWay.size >= mostAtOnce) await Promise.race(this.#underWay.values())
    if (this.#failure) throw this.#failure.error
  }
}

async function writeBeside(path: string, bytes: Buffer, folderIsNew: boolean): Promise<void> {
  if (folderIsNew) await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}
