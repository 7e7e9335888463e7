import { basename, dirname, extname, sep } from 'node:path'
import { reasonOf } from '../../../failures.ts'
import type { OpenSlideLibrary, SlidePointer } from './library.ts'

/** A level as OpenSlide counts and measures it. */
export interface HandleLevel {
  widthPx: number
  heightPx: number
  downsample: number
}

/** A place in a level: `xPx`, `yPx` in pixels of level 0, the size in pixels of the level. */
export interface Region {
  level: number
  xPx: number
  yPx: number
  widthPx: number
  heightPx: number
}

/** OpenSlide refused; `message` is one clause without paths. */
export class OpenSlideError extends Error {}

/** One `openslide_t`. The first error that it meets is final: whoever goes on opens another. */
export class SlideHandle {
  readonly #library: OpenSlideLibrary
  readonly #slide: SlidePointer
  readonly #path: string

  private constructor(library: OpenSlideLibrary, slide: SlidePointer, path: string) {
    this.#library = library
    this.#slide = slide
    this.#path = path
  }

  /** Throws {@link OpenSlideError}. */
  static async open(library: OpenSlideLibrary, path: string): Promise<SlideHandle> {
    const slide = await library.open(path)
    if (slide === null) throw new OpenSlideError('it is of no format that this OpenSlide reads')
    const handle = new SlideHandle(library, slide, path)
    try {
      handle.check()
    } catch (error) {
      handle.close()
      throw error
    }
    return handle
  }

  /** Throws {@link OpenSlideError} if anything failed since it was opened. */
  check(): void {
    const reason = this.#library.getError(this.#slide)
    if (reason !== null) throw new OpenSlideError(withoutPaths(reason, this.#path))
  }

  levels(): HandleLevel[] {
    return Array.from({ length: Math.max(0, this.#library.levelCount(this.#slide)) }, (_, level) => {
      const [width, height] = [[0], [0]]
      this.#library.levelDimensions(this.#slide, level, width, height)
      const downsample = this.#library.levelDownsample(this.#slide, level)
      return { widthPx: Number(width[0]), heightPx: Number(height[0]), downsample }
    })
  }

  properties(): Map<string, string> {
    const names = this.#library.propertyNames(this.#slide)
    return new Map(names.map((name) => [name, this.#library.propertyValue(this.#slide, name) ?? '']))
  }

  /** Premultiplied ARGB words; throws {@link OpenSlideError}. */
  async readRegion(into: Buffer, { level, xPx, yPx, widthPx, heightPx }: Region): Promise<void> {
    if (into.length < widthPx * heightPx * 4) throw new RangeError(`${into.length} bytes for ${widthPx} x ${heightPx}`)
    await this.#library.readRegion(this.#slide, into, xPx, yPx, level, widthPx, heightPx)
    this.check()
  }

  associatedNames(): string[] {
    return this.#library.associatedNames(this.#slide)
  }

  /** Premultiplied ARGB words of a picture whose size `maxPixels` bounds; throws {@link OpenSlideError}. */
  async readAssociated(name: string, maxPixels: number) {
    const [width, height] = [[0], [0]]
    this.#library.associatedDimensions(this.#slide, name, width, height)
    const [widthPx, heightPx] = [Number(width[0]), Number(height[0])]
    if (!(widthPx > 0 && heightPx > 0 && widthPx * heightPx <= maxPixels))
      throw new OpenSlideError(`it says it has ${widthPx} x ${heightPx} pixels`)
    const argb = Buffer.alloc(widthPx * heightPx * 4)
    await this.#library.readAssociated(this.#slide, name, argb)
    this.check()
    return { argb, widthPx, heightPx }
  }

  /** The embedded ICC profile; never more than `maxBytes`. */
  icc(maxBytes: number): Buffer | undefined {
    const size = Number(this.#library.icc?.size(this.#slide) ?? 0)
    if (!(size > 0 && size <= maxBytes)) return undefined
    const profile = Buffer.alloc(size)
    this.#library.icc?.read(this.#slide, profile)
    return profile
  }

  /** No call may be under way. */
  close(): void {
    this.#library.close(this.#slide)
  }
}

/** OpenSlide likes to name the file that it stumbled over; parts are mostly named after the slide, so after a patient. */
export function withoutPaths(reason: string, path: string): string {
  const folder = dirname(path) + sep
  const stem = basename(path, extname(path))
  const bare = reasonOf(reason, [path]).replaceAll(pathBelow(folder), 'a file')
  return bare.replaceAll(wordWith(stem), 'a file')
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
/** A path ends at OpenSlide's colon or quote; blanks belong to it. */
const pathBelow = (folder: string) => new RegExp(`${escaped(folder)}[^:"'\\n]*`, 'gu')
const wordWith = (stem: string) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(stem)}(?!\\p{L})[^\\s:"']*`, 'gu')
