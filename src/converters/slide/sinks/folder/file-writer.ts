import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'

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
 * Writes small files as fast as their disk is: one after the other on the calling thread where that is quickest, several at once
 * beside it where each would hold up the thread. A failure is thrown by this or a later call.
 */
export class FileWriter {
  /** By path: a tile that is written again must not be overtaken by what it replaces. */
  readonly #underWay = new Map<string, Promise<void>>()
  #failure: { error: unknown } | undefined
  #trialMs = 0
  #trialLeft = trialFiles
  #besideLeft = 0
  readonly #nowMs: () => number

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** Makes or replaces a file, and its folder where that is missing. The bytes may change once this has returned. */
  write(path: string, bytes: Buffer, folderIsNew: boolean): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error
    if (this.#besideLeft > 0 || this.#underWay.has(path)) return this.#beside(path, bytes, folderIsNew)
    const start = this.#nowMs()
    writeAtOnce(path, bytes, folderIsNew)
    this.#weigh(this.#nowMs() - start)
    return undefined
  }

  /** Resolves when everything is written; throws what failed. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.race(this.#underWay.values())
    if (this.#failure) throw this.#failure.error
  }

  #weigh(tookMs: number): void {
    this.#trialMs += tookMs
    if (--this.#trialLeft > 0) return
    if (this.#trialMs > trialFiles * slowFileMs) this.#besideLeft = filesUntilNextTrial
    this.#trialMs = 0
    this.#trialLeft = trialFiles
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

function writeAtOnce(path: string, bytes: Buffer, folderIsNew: boolean): void {
  if (folderIsNew) mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
  } finally {
    closeSync(file)
  }
}

async function writeBeside(path: string, bytes: Buffer, folderIsNew: boolean): Promise<void> {
  if (folderIsNew) await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}
