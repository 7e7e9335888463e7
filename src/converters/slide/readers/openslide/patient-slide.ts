import { TileDamaged } from '../../source.ts'
import { OpenSlideError, type Region, type SlideHandle } from './slide-handle.ts'

/**
 * A slide that survives its damaged tiles. OpenSlide refuses everything after its first error, also what runs beside it,
 * so a handle that met one is replaced, and the region that failed is tried once more on a handle of its own: only what
 * fails alone is damaged.
 */
export class PatientSlide {
  readonly #open: () => Promise<SlideHandle>
  #current: Lent
  /** Retries follow each other: each opens the slide anew. */
  #retries: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  private constructor(open: () => Promise<SlideHandle>, first: Lent) {
    this.#open = open
    this.#current = first
  }

  static async open(open: () => Promise<SlideHandle>): Promise<PatientSlide> {
    return new PatientSlide(open, new Lent(await open()))
  }

  /** Premultiplied ARGB words; any number may run at once. Throws {@link TileDamaged}. */
  async readRegion(into: Buffer, region: Region): Promise<void> {
    const lent = this.#current
    try {
      await lent.use((handle) => handle.readRegion(into, region))
    } catch (error) {
      if (!(error instanceof OpenSlideError)) throw error
      await this.#inLine(() => this.#retry(into, region, lent))
    }
  }

  /** Closes once nothing is under way. */
  close(): Promise<void> {
    this.#closed ??= this.#inLine(() => this.#current.retire())
    return this.#closed
  }

  async #retry(into: Buffer, region: Region, failed: Lent): Promise<void> {
    const lent = new Lent(await this.#open())
    try {
      await lent.use((handle) => handle.readRegion(into, region))
    } catch (error) {
      await lent.retire()
      if (!(error instanceof OpenSlideError)) throw error
      if (this.#current === failed) await this.#replace(new Lent(await this.#open()))
      throw new TileDamaged(error.message, { cause: error })
    }
    if (this.#current === failed) await this.#replace(lent)
    else await lent.retire()
  }

  async #replace(lent: Lent): Promise<void> {
    const before = this.#current
    this.#current = lent
    await before.retire()
  }

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#retries.then(work)
    this.#retries = done.catch(() => undefined)
    return done
  }
}

/** A handle in use: it closes once whoever reads with it is done. */
class Lent {
  readonly #handle: SlideHandle
  readonly #unused = Promise.withResolvers<void>()
  #users = 0
  #retired = false

  constructor(handle: SlideHandle) {
    this.#handle = handle
  }

  async use<T>(work: (handle: SlideHandle) => Promise<T>): Promise<T> {
    this.#users++
    try {
      return await work(this.#handle)
    } finally {
      this.#users--
      this.#closeIfUnused()
    }
  }

  /** Resolves when it is closed. */
  retire(): Promise<void> {
    this.#retired = true
    this.#closeIfUnused()
    return this.#unused.promise
  }

  #closeIfUnused(): void {
    if (!this.#retired || this.#users > 0) return
    this.#handle.close()
    this.#unused.resolve()
  }
}
