import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { JpegCodec } from '../../src/converters/slide/pixels/codec.ts'
import { jpegCodec, jpegCodecName } from '../../src/converters/slide/pixels/jpeg-codec.ts'
import { jpegSize } from '../../src/converters/slide/pixels/jpeg-header.ts'
import { newPixels, type PixelWindow } from '../../src/converters/slide/pixels/pixel-window.ts'
import type { Bench } from '../bench.ts'
import { convertInChild } from './child-run.ts'
import type { Slide } from './inputs/slides.ts'
import { medianCpuMs, medianMs } from './report/verdict.ts'
import type { Contender } from './section.ts'

const mostSamples = 100

/** One part of the work done bare: nothing but that, in a loop. */
interface Stage {
  what: string
  ms: number
  cpuMs: number
}

/** The tiles of a Deep Zoom result. */
interface Tile {
  level: number
  name: string
  jpeg: Buffer
}

/**
 * What bounds a conversion of `slide` to Deep Zoom: its parts done bare, and how much longer we take than the processor would for
 * all of them. Lines for people.
 */
export async function bounds(bench: Bench, slide: Slide, ours: Contender): Promise<string[]> {
  const dir = bench.folder()
  const { outDir, result } = await convertInChild(bench, { path: slide.path, profile: 'dzi', dir })
  const tiles = tilesOf(join(outDir, 'result_files'))
  const built = builtLevels(slide, Math.max(...tiles.map(({ level }) => level)))
  const codec = jpegCodec(cpus().length)
  const sources = tiles.filter(({ level }) => built.has(level - 1))
  const made = tiles.filter(({ level }) => built.has(level))
  const samples = await Promise.all(someOf(made).map(({ jpeg }) => decoded(codec, jpeg, 1)))
  const number = new Intl.NumberFormat('en')
  const say = (count: number) => number.format(count)
  const stages = [
    await stage('read the file', () => readThrough(slide.path)),
    await stage(`create ${say(tiles.length)} files, one thread`, () => createFiles(tiles, join(dir, 'bare'))),
    await stage(`decode ${say(sources.length)} tiles at half size`, () => decodeAll(codec, sources)),
    await stage(`encode ${say(made.length)} tiles`, () => encodeAll(codec, made.length, samples))
  ]
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  return [...lines(stages, ours), `Tiles: ${JSON.stringify(result.report.tiles ?? {})}; codec: ${codecName()}.`]
}

function lines(stages: Stage[], ours: Contender): string[] {
  const oursMs = medianMs(ours)
  const oursCpuMs = medianCpuMs(ours)
  const boundMs = stages.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / cpus().length
  const percent = (ms: number) => `${Math.round((100 * ms) / oursMs)} %`
  return [
    ...stages.map(
      ({ what, ms, cpuMs }) =>
        `Bare: ${what}: ${Math.round(ms)} ms (${percent(ms)} of ours), ${Math.round(cpuMs)} ms of processor.`
    ),
    `All of them on ${cpus().length} cores without a gap: ${Math.round(boundMs)} ms; ours takes ${(oursMs / boundMs).toFixed(2)} times that ` +
      `(${Math.round(oursCpuMs)} ms of processor; the rest is verification, messages and waiting).`
  ]
}

async function stage(what: string, work: () => Promise<void> | void): Promise<Stage> {
  const [startedMs, startedCpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(startedCpu)
  return { what, ms: performance.now() - startedMs, cpuMs: (user + system) / 1000 }
}

function tilesOf(dir: string): Tile[] {
  return readdirSync(dir).flatMap((level) =>
    readdirSync(join(dir, level)).map((name) => ({
      level: Number(level),
      name,
      jpeg: readFileSync(join(dir, level, name))
    }))
  )
}

/** Levels of the result that the slide does not have, by Deep Zoom's numbers (the largest is the full size). */
function builtLevels({ factors }: Slide, highest: number): Set<number> {
  const copied = new Set(factors.map((factor) => highest - Math.log2(factor)))
  return new Set(Array.from({ length: highest + 1 }, (_, level) => level).filter((level) => !copied.has(level)))
}

function readThrough(path: string): void {
  const file = openSync(path, 'r')
  const block = Buffer.alloc(2 ** 20)
  while (readSync(file, block) > 0);
  closeSync(file)
}

function createFiles(tiles: Tile[], dir: string): void {
  for (const level of new Set(tiles.map(({ level }) => level))) mkdirSync(join(dir, String(level)), { recursive: true })
  for (const { level, name, jpeg } of tiles) {
    const file = openSync(join(dir, String(level), name), 'w')
    writeSync(file, jpeg)
    closeSync(file)
  }
}

async function decodeAll(codec: JpegCodec, tiles: Tile[]): Promise<void> {
  await atOnce(tiles, async ({ jpeg }) => void (await decoded(codec, jpeg, 2)))
}

/** Encodes as many tiles as there are, from the pixels of some of them. */
async function encodeAll(codec: JpegCodec, count: number, samples: PixelWindow[]): Promise<void> {
  const orders = Array.from({ length: count }, (_, i) => samples[i % samples.length])
  await atOnce(orders, async (pixels) => void (pixels && (await codec.encode(pixels, 90))))
}

async function decoded(codec: JpegCodec, jpeg: Buffer, scale: 1 | 2): Promise<PixelWindow> {
  const { widthPx, heightPx } = jpegSize(jpeg) ?? { widthPx: 1, heightPx: 1 }
  const pixels = newPixels(Math.ceil(widthPx / scale), Math.ceil(heightPx / scale))
  await codec.decode(jpeg, pixels, scale)
  return pixels
}

/** Of tiles all over the slide. */
function someOf(tiles: Tile[]): Tile[] {
  const step = Math.ceil(tiles.length / mostSamples)
  return tiles.filter((_, i) => i % step === 0)
}

async function atOnce<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values()
  const lane = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: 4 * cpus().length }, lane))
}

/** Without the folder where it lies on this machine. */
function codecName(): string {
  return jpegCodecName().replace(/\(.*[\\/]/, '(')
}
