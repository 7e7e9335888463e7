import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConvertContext, Produced } from '../converter.ts'
import { writeFailureOf } from '../failures.ts'
import { withIcc } from './color/embed-icc.ts'
import { type ColorPlan, planColor } from './color/plan-color.ts'
import type { SlideTask } from './content.ts'
import { type KeptIdentity, keepIdentifying, removedFrom } from './deidentify/keep-identifying.ts'
import { profileWithoutWords } from './deidentify/profile-without-words.ts'
import { optionsOf, type ResolvedOptions } from './options.ts'
import type { JpegCodec } from './pixels/codec.ts'
import { jpegCodec } from './pixels/jpeg-codec.ts'
import { newPixels, type PixelWindow } from './pixels/pixel-window.ts'
import { type Built, buildPyramid } from './pyramid/build-pyramid.ts'
import { type Geometry, pyramid, type Rect } from './pyramid/geometry.ts'
import { planPyramid } from './pyramid/plan.ts'
import { Repair } from './pyramid/repair.ts'
import { type Recolour, sourceCells } from './pyramid/source-pixels.ts'
import { TileReader } from './pyramid/tile-reader.ts'
import { compareSample } from './pyramid/verify-sample.ts'
import { reportOf, type Sidecar } from './sidecar.ts'
import type { ResultFacts, TileSink } from './sink.ts'
import { canCopyToBigTiff, copyToBigTiff } from './sinks/bigtiff/copy-to-bigtiff.ts'
import { filePlace } from './sinks/formats.ts'
import { checkTiling, formatOf, sinkFor } from './sinks/index.ts'
import { gridOf, type SlideSource, TileDamaged } from './source.ts'

/** What a conversion left: tiles by what became of them, of `total` in `levels` levels. */
type Made = Omit<Built, 'presence'> & { levels: number; total: number }

/** How a tile that the source doesn't store is called in reports. */
const notStored = 'not stored'

/** Share of a conversion's time that goes into looking at a sample of it. */
const sampleShare = 0.02

/** Geometry of a task's result. */
export function geometryOf(task: SlideTask): Geometry {
  const { tileSizePx, overlapPx } = optionsOf(task)
  const { layout } = formatOf(task.profile.name)
  return pyramid(task.content, { sizePx: tileSizePx, overlapPx }, layout)
}

/** Converts a slide into `context.resultDir`; what a killed run left there is taken up. Throws MicrotomeErrors. */
export async function convertSlide(task: SlideTask, context: ConvertContext): Promise<Produced> {
  const options = optionsOf(task)
  checkTiling(task.profile.name, options)
  const { scratchDir, signal, tools } = context
  const { icc, identifying } = task.content
  const profile = icc && options.deidentify ? profileWithoutWords(icc, identifying) : icc
  const color = await planColor(profile, options.color, tools.threads)
  try {
    const lossless = color.converter !== undefined || options.overlapPx > 0
    const tiles = { sizePx: options.tileSizePx, quality: options.quality, lossless }
    const source = await task.content.open({ threads: tools.threads, scratchDir, signal, tiles })
    try {
      return await new SlideConversion(task, options, context, source, color).run()
    } finally {
      await source.close()
    }
  } catch (error) {
    throw writeFailureOf(error) ?? error
  } finally {
    await color.converter?.close()
  }
}

class SlideConversion {
  readonly #task: SlideTask
  readonly #options: ResolvedOptions
  readonly #context: ConvertContext
  readonly #source: SlideSource
  readonly #color: ColorPlan
  readonly #geometry: Geometry

  constructor(
    task: SlideTask,
    options: ResolvedOptions,
    context: ConvertContext,
    source: SlideSource,
    color: ColorPlan
  ) {
    this.#task = task
    this.#options = options
    this.#context = context
    this.#source = source
    this.#color = color
    this.#geometry = geometryOf(task)
  }

  async run(): Promise<Produced> {
    const { resultDir } = this.#context
    const built = this.#isCopiedWhole ? await this.#copyWhole() : await this.#buildInto()
    const about = this.#describe(built, await this.#keptIdentity())
    await writeFile(join(resultDir, 'result.json'), `${JSON.stringify(about, undefined, 2)}\n`)
    return { primary: formatOf(this.#task.profile.name).primary, report: reportOf(about) }
  }

  /** A TIFF may keep whatever levels its source has. */
  get #isCopiedWhole(): boolean {
    const { tileSizePx } = this.#options
    const [full] = this.#source.levels
    const keepsTiles = full?.tileWidthPx === tileSizePx && full.tileHeightPx === tileSizePx && !full.jpeg?.fresh
    const { name } = this.#task.profile
    return name === 'bigtiff' && keepsTiles && !this.#color.converter && canCopyToBigTiff(this.#source)
  }

  async #copyWhole(): Promise<Made> {
    const { resultDir, scratchDir, resume, signal } = this.#context
    const total = this.#source.levels.map(gridOf).reduce((sum, { columns, rows }) => sum + columns * rows, 0)
    const repair = new Repair(this.#source.levels, this.#background)
    const place = filePlace({ resultDir }, formatOf('bigtiff').primary)
    const { copied, resumed } = await copyToBigTiff(this.#source, place, {
      facts: this.#facts,
      scratchDir,
      resume,
      signal,
      repair: ({ level, column, row }, reason) => this.#repairedTile(repair, level, column, row, reason),
      progress: (tiles, pixels) => this.#report(tiles, total, pixels)
    })
    const { repaired } = repair
    return { copied, encoded: repaired.length, resumed, repaired, levels: this.#source.levels.length, total }
  }

  async #repairedTile(repair: Repair, index: number, column: number, row: number, reason: string): Promise<Buffer> {
    const level = this.#source.levels[index]
    if (!level) throw new Error(`the source has no level ${index}`)
    const window = newPixels(level.tileWidthPx, level.tileHeightPx)
    await repair.mend(index, { column, row, stored: reason !== notStored }, window, new TileDamaged(reason))
    return this.#codec.encode(window, this.#options.quality)
  }

  async #buildInto(): Promise<Made> {
    const { resultDir, scratchDir } = this.#context
    const sink = await sinkFor(this.#task.profile.name, this.#geometry, { resultDir }, { scratchDir })
    try {
      const built = await this.#build(sink)
      await sink.finish(this.#facts)
      return { ...built, levels: this.#geometry.levels.length, total: this.#geometry.tiles }
    } finally {
      await sink.close()
    }
  }

  get #facts(): ResultFacts {
    return { ...this.#task.content.properties, ...(this.#color.icc && { icc: this.#color.icc }) }
  }

  get #codec(): JpegCodec {
    return jpegCodec(this.#context.tools.threads)
  }

  async #build(sink: TileSink): Promise<Built> {
    const { quality } = this.#options
    const { converter, iccInTiles } = this.#color
    const { resume, signal } = this.#context
    const background = this.#background
    const codec = this.#codec
    const build = {
      geometry: this.#geometry,
      plan: planPyramid(this.#geometry, this.#source.levels, converter === undefined),
      source: this.#source,
      sink,
      codec,
      quality,
      background,
      recolour: converter && ((window: PixelWindow) => converter.convert(window)),
      dress: (jpeg: Buffer) => (iccInTiles ? withIcc(jpeg, iccInTiles) : jpeg),
      resume,
      signal,
      progress: (tiles: number, pixels: number) => this.#report(tiles, this.#geometry.tiles, pixels)
    } satisfies Parameters<typeof buildPyramid>[0]
    const built = await buildPyramid(build)
    await compareSample({ ...build, read: this.#sampleReader(build.recolour) })
    this.#context.progress(1)
    return built
  }

  /** Undefined where the source is damaged: what mended it was reported, and there is nothing to compare with. */
  #sampleReader(recolour: Recolour) {
    const [full] = this.#source.levels
    if (!full) throw new Error('a slide without levels')
    const refuse = (_tile: unknown, _into: unknown, reason: unknown) => Promise.reject(reason)
    const reader = new TileReader(sourceCells(full, 1, refuse, recolour))
    return (rect: Rect) =>
      reader.read(rect).catch((error: unknown) => {
        if (error instanceof TileDamaged) return undefined
        throw error
      })
  }

  #report(tiles: number, of: number, pixels: number): void {
    const { widthPx, heightPx } = this.#geometry
    const work = { done: pixels / 1e6, total: (widthPx * heightPx) / 1e6, unit: 'Mpx/s' as const }
    this.#context.progress((tiles / of) * (1 - sampleShare), { work })
  }

  get #background(): string {
    return this.#options.background ?? this.#source.background
  }

  async #keptIdentity(): Promise<KeptIdentity | undefined> {
    return this.#options.deidentify ? undefined : keepIdentifying(this.#task.content, this.#context.resultDir)
  }

  #describe(made: Made, kept: KeptIdentity | undefined): Sidecar {
    const { format, reader, levels, properties } = this.#task.content
    const { widthPx, heightPx, tileSizePx, overlapPx } = this.#geometry
    const { copied, encoded, resumed, repaired, total } = made
    const { decision, icc } = this.#color
    return {
      schema: 'microtome-slide/2',
      sourceFormat: format,
      reader,
      widthPx,
      heightPx,
      ...properties,
      sourceLevels: levels.length,
      levels: made.levels,
      tiles: { total, copied, encoded, resumed, repaired: repaired.length },
      tileFormat: 'jpeg',
      tileSizePx,
      overlapPx,
      quality: this.#options.quality,
      background: this.#background,
      color: decision,
      ...(icc && { icc: icc.toString('base64') }),
      deidentified: this.#options.deidentify,
      removed: kept ? [] : removedFrom(this.#task.content),
      ...(kept && { identifying: kept.identifying }),
      repaired
    }
  }
}
