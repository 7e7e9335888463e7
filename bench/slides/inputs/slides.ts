import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeSampleSlide } from '../../../src/converters/sample/sample-slide.ts'
import type { Bench } from '../../bench.ts'
import { environment } from '../../nodes/running-node.ts'
import { runProgram } from '../program.ts'
import type { SlideSizes } from '../sizes.ts'
import { asAperio, type Repeats, repeatTiles } from './reshape.ts'

const shared = (path: string) => fileURLToPath(new URL(`../../../../shared/${path}`, import.meta.url))
const realSlide = shared('data/slides/CMU-1-Small-Region.svs')
const slideMaker = shared('tools/make-aperio-slide.mjs')
const piece = { widthPx: 2220, heightPx: 2967 }

/** A slide to convert. `what` says how it was made and how large it is. */
export interface Slide {
  path: string
  what: string
  /** How many times smaller than the first its levels are that a pyramid for Deep Zoom can take as they are. */
  factors: number[]
}

/** Makes the slides of the bench, each once, in memory; they go with the bench. */
export class Slides {
  readonly #bench: Bench
  readonly #sizes: SlideSizes
  readonly #dir: string
  readonly #made = new Map<string, Promise<Slide>>()
  #piece: Promise<string> | undefined

  constructor(bench: Bench, sizes: SlideSizes) {
    this.#bench = bench
    this.#sizes = sizes
    this.#dir = bench.folder()
  }

  /** A scanner's layout: levels 4x apart, tiles of 240 pixels, JPEG, RGB, tables shared, label and macro. */
  aperio(): Promise<Slide> {
    return this.#once('aperio', () =>
      existsSync(slideMaker) && existsSync(realSlide) ? this.#made4x() : this.#like4x()
    )
  }

  /** A power-of-two pyramid as libvips writes it. */
  pyramid(tilePx: 128 | 256): Promise<Slide> {
    return this.#once(`pyramid-${tilePx}`, async () => {
      const size = ['--tile-width', String(tilePx), '--tile-height', String(tilePx)]
      const path = await this.#tiff(`pyramid-${tilePx}.tif`, this.#sizes.slide, [...jpegPyramid, ...size])
      return {
        path,
        factors: exact(path, powersOfTwo),
        what: `${facts(path)}, power-of-two pyramid of tiles of ${tilePx} pixels`
      }
    })
  }

  /** The same with the profile of a wide-gamut screen, so that there is something to convert. */
  profiled(): Promise<Slide> {
    return this.#once('profiled', async () => {
      const args = [...jpegPyramid, '--tile-width', '256', '--tile-height', '256', '--profile', 'p3']
      const path = await this.#tiff('profiled.tif', this.#sizes.slide, args)
      return {
        path,
        factors: exact(path, powersOfTwo),
        what: `${facts(path)}, power-of-two pyramid with an embedded P3 profile`
      }
    })
  }

  /** Aperio's layout with JPEG 2000 tiles of 240 pixels (compression 33005), which OpenSlide opens. */
  jpeg2000(): Promise<Slide> {
    return this.#once('jpeg2000', async () => {
      const args = ['--compression', 'jp2k', '--Q', '45', '--tile', '--tile-width', '240', '--tile-height', '240']
      const path = await this.#tiff('jpeg2000.svs', this.#sizes.jpeg2000, [...args, '--pyramid', '--bigtiff'])
      await asAperio(path, { code: 33005, name: 'J2K/RGB Q=45' })
      return {
        path,
        factors: exact(path, [1, 4, 16]),
        what: `${facts(path)}, Aperio's layout with JPEG 2000 tiles of libvips (Q=45: as many bytes as the scanner’s JPEG)`
      }
    })
  }

  /** The Aperio slide with ten times the pixels: its tiles are named ten times each. */
  tenfold(): Promise<Slide> {
    return this.#once('tenfold', async () => {
      const { path: from, factors } = await this.aperio()
      const path = join(this.#dir, 'tenfold.svs')
      await copyFile(from, path)
      await repeatTiles(path, this.#sizes.tenfold)
      return { path, factors, what: `${facts(path)}, the Aperio slide with every tile named ten times` }
    })
  }

  async #made4x(): Promise<Slide> {
    const path = join(this.#dir, 'aperio.svs')
    const { columns, rows } = this.#sizes.slide
    const args = [slideMaker, realSlide, path, '--cols', String(columns), '--rows', String(rows)]
    await runProgram(process.execPath, args, this.#dir)
    return { path, factors: exact(path, [1, 4, 16]), what: `${facts(path)}, Aperio's layout by make-aperio-slide.mjs` }
  }

  async #like4x(): Promise<Slide> {
    this.#bench.say(
      'make-aperio-slide.mjs or the real slide is missing: the Aperio layout is made with vips, of painted tissue'
    )
    const args = [...jpegPyramid, '--bigtiff', '--tile-width', '240', '--tile-height', '240']
    const path = await this.#tiff('aperio.svs', this.#sizes.slide, args)
    await asAperio(path)
    return {
      path,
      factors: exact(path, [1, 4, 16]),
      what: `${facts(path)}, Aperio's layout made with vips (the slide maker is missing)`
    }
  }

  /** The piece of tissue repeated and saved by `vips tiffsave`. */
  async #tiff(name: string, { columns, rows }: Repeats, args: readonly string[]): Promise<string> {
    this.#piece ??= this.#plainPiece()
    const [whole, path] = [join(this.#dir, `${name}.v`), join(this.#dir, name)]
    await this.#vips('replicate', await this.#piece, whole, String(columns), String(rows))
    await this.#vips('tiffsave', whole, path, ...args)
    await rm(whole)
    return path
  }

  async #plainPiece(): Promise<string> {
    const path = join(this.#dir, 'piece.v')
    if (existsSync(realSlide)) await this.#vips('flatten', realSlide, path, '--background', '255 255 255')
    else {
      const painted = join(this.#dir, 'painted.tif')
      await makeSampleSlide(painted)
      await this.#vips('crop', painted, path, '0', '0', String(piece.widthPx), String(piece.heightPx))
    }
    return path
  }

  async #vips(...args: string[]): Promise<void> {
    await runProgram('vips', args, this.#dir)
  }

  #once(name: string, make: () => Promise<Slide>): Promise<Slide> {
    const found = this.#made.get(name)
    if (found) return found
    this.#bench.say(`  making the slide "${name}" …`)
    const made = make()
    this.#made.set(name, made)
    return made
  }
}

const jpegPyramid = ['--pyramid', '--tile', '--compression', 'jpeg']
const powersOfTwo = [1, 2, 4, 8, 16, 32, 64, 128]

function sizeOf(path: string): [widthPx: number, heightPx: number] {
  return [Number(field(path, 'width')), Number(field(path, 'height'))]
}

/** libvips rounds a level's size down where Deep Zoom rounds it up; equal they are only where nothing is left over. */
function exact(path: string, factors: number[]): number[] {
  const [widthPx, heightPx] = sizeOf(path)
  return factors.filter((factor) => widthPx % factor === 0 && heightPx % factor === 0)
}

function facts(path: string): string {
  const [widthPx, heightPx] = sizeOf(path)
  const number = new Intl.NumberFormat('en')
  const megapixels = Math.round((widthPx * heightPx) / 1e6)
  const megabytes = Math.round(statSync(path).size / 1e6)
  return `${number.format(widthPx)} x ${number.format(heightPx)} pixels (${megapixels} megapixels), ${megabytes} MB`
}

/** What vips opens a file with: `openslideload`, `tiffload`, ... */
export function vipsLoader(path: string): string {
  return field(path, 'vips-loader')
}

function field(path: string, name: string): string {
  return execFileSync('vipsheader', ['-f', name, path], { encoding: 'utf8', env: environment() }).trim()
}
