import type { PixelWindow } from '../pixels/pixel-window.ts'
import { libvips, type VipsObject } from './libvips.ts'

/** Converts pixels from the profile that it was made for to sRGB. */
export interface ColorConverter {
  /** In place, on other threads. Windows of any size, any number at once: small ones are converted together. */
  convert(window: PixelWindow): Promise<void>
  /** Gives the memory back (6 MB), after what is queued. */
  close(): Promise<void>
}

/** The profile can't be used; `reason` is one clause. */
export class ProfileUnusable extends Error {
  readonly reason: string
  constructor(reason: string) {
    super(`The colours can't be converted: ${reason}.`)
    this.name = 'ProfileUnusable'
    this.reason = reason
  }
}

/** Pixels that are converted at once: enough to keep all threads busy, little enough to lie in the cache. */
const chunkWidthPx = 1024
const chunkHeightPx = 512
const chunkPx = chunkWidthPx * chunkHeightPx

/**
 * A converter from an ICC profile of RGB to sRGB on `threads` threads, relative colorimetric (LittleCMS in sharp's libvips;
 * sharp's own pipeline knows only the perceptual intent). Of a profile that has one table only that one is used. Throws
 * {@link ProfileUnusable}, or `tool-missing`.
 */
export async function srgbConverter(icc: Buffer, threads: number): Promise<ColorConverter> {
  if (icc.toString('latin1', 36, 40) !== 'acsp') throw new ProfileUnusable('the embedded profile is damaged')
  const colorSpace = icc.toString('latin1', 16, 20).replace(/\W/g, '')
  if (colorSpace !== 'RGB') throw new ProfileUnusable(`the embedded profile is for ${colorSpace}, not for RGB`)
  if (!(await isUsable(icc))) throw new ProfileUnusable('the embedded profile is damaged')
  return new ChunkConverter(icc, threads)
}

/** libvips doesn't tell when it took its fallback instead, but then the colours depend on which one it was given. */
async function isUsable(icc: Buffer): Promise<boolean> {
  const [one, other] = [await probe(icc, 'srgb'), await probe(icc, 'p3')]
  return one !== undefined && other !== undefined && one.equals(other)
}

/** What a saturated colour becomes, undefined where nothing can be made of it. */
async function probe(icc: Buffer, fallback: 'srgb' | 'p3'): Promise<Buffer | undefined> {
  const vips = libvips()
  const memory = Buffer.from([200, 40, 90])
  const input = vips.imageOver(memory, 1, 1)
  vips.setBlob(input, 'icc-profile-data', icc)
  const converted = vips.toSrgb(input, fallback)
  try {
    let found: Buffer | undefined
    if (converted)
      await vips.pixelsOf(converted, (pixels) => {
        found = Buffer.from(pixels)
      })
    return found
  } finally {
    if (converted) vips.release(converted)
    vips.release(input)
  }
}

/**
 * One lazy pipeline over one piece of memory, run again for each piece of work: setting up a transform takes
 * LittleCMS up to 40 ms (it samples tables), as long as converting a million pixels.
 */
class ChunkConverter implements ColorConverter {
  readonly #vips = libvips()
  readonly #chunk = Buffer.alloc(chunkPx * 3)
  readonly #input: VipsObject
  readonly #converted: VipsObject
  #waiting: Job[] = []
  #working: Promise<void> | undefined

  constructor(icc: Buffer, threads: number) {
    this.#input = this.#vips.imageOver(this.#chunk, chunkWidthPx, chunkHeightPx)
    this.#vips.setBlob(this.#input, 'icc-profile-data', icc)
    const converted = this.#vips.toSrgb(this.#input, 'srgb')
    if (!converted) throw new ProfileUnusable('the embedded profile is damaged')
    // libvips' VIPS_META_CONCURRENCY; without it this pipeline has as many threads as sharp was given last.
    this.#vips.setInt(converted, 'concurrency', threads)
    this.#converted = converted
  }

  convert(window: PixelWindow): Promise<void> {
    const settle = Promise.withResolvers<void>()
    this.#waiting.push({ window, next: 0, settle })
    this.#working ??= this.#work()
    return settle.promise
  }

  async close(): Promise<void> {
    await this.#working
    this.#vips.release(this.#converted)
    this.#vips.release(this.#input)
  }

  /** What is asked for at one time, or while a chunk is computed, goes into the next one together. */
  async #work(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch()
      try {
        await this.#convertChunk(batch)
        for (const { job, to } of batch) if (to === pixelsOf(job.window)) job.settle.resolve()
      } catch (error) {
        for (const { job } of batch) job.settle.reject(error)
        this.#waiting = this.#waiting.filter((job) => !batch.some((piece) => piece.job === job))
      }
    }
    this.#working = undefined
  }

  /** A conversion looks at pixels one by one, so their order in the chunk is free: row behind row, job behind job. */
  #nextBatch(): Piece[] {
    const batch: Piece[] = []
    for (let chunkFrom = 0; chunkFrom < chunkPx; ) {
      const [job] = this.#waiting
      if (!job) break
      const from = job.next
      job.next = Math.min(pixelsOf(job.window), from + chunkPx - chunkFrom)
      batch.push({ job, from, to: job.next, chunkFrom })
      chunkFrom += job.next - from
      if (job.next === pixelsOf(job.window)) this.#waiting.shift()
    }
    return batch
  }

  async #convertChunk(batch: Piece[]): Promise<void> {
    const count = batch.reduce((sum, { from, to }) => sum + to - from, 0)
    for (const piece of batch)
      for (const { at, bytes, chunkAt } of runs(piece)) piece.job.window.data.copy(this.#chunk, chunkAt, at, at + bytes)
    const rows = this.#vips.upperRows(this.#converted, chunkWidthPx, Math.ceil(count / chunkWidthPx))
    try {
      await this.#vips.pixelsOf(rows, (pixels) => {
        for (const piece of batch)
          for (const { at, bytes, chunkAt } of runs(piece))
            pixels.copy(piece.job.window.data, at, chunkAt, chunkAt + bytes)
      })
    } finally {
      this.#vips.release(rows)
    }
  }
}

/** A window that waits, and its first pixel that is not converted yet. */
interface Job {
  window: PixelWindow
  next: number
  settle: PromiseWithResolvers<void>
}

/** Pixels `from` up to (without) `to` of a window, counted row by row, that lie in the chunk from `chunkFrom` on. */
interface Piece {
  job: Job
  from: number
  to: number
  chunkFrom: number
}

const pixelsOf = ({ widthPx, heightPx }: PixelWindow) => widthPx * heightPx

/** Where a piece lies in its window and in the chunk: runs without gaps. */
function* runs({ job, from, to, chunkFrom }: Piece) {
  const { offset, strideBytes, widthPx } = job.window
  for (let pixel = from; pixel < to; ) {
    const [x, y] = [pixel % widthPx, Math.floor(pixel / widthPx)]
    const packed = strideBytes === widthPx * 3
    const count = packed ? to - pixel : Math.min(widthPx - x, to - pixel)
    yield { at: offset + y * strideBytes + x * 3, bytes: count * 3, chunkAt: (chunkFrom + pixel - from) * 3 }
    pixel += count
  }
}
