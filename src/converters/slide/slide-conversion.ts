import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConvertContext, Produced } from '../converter.ts'
import { damaged } from '../failures.ts'
import { describeZip } from '../output/describe-zip.ts'
import { withIcc } from './color/embed-icc.ts'
import type { ColorPlan } from './color/plan-color.ts'
import type { SlideTask } from './content.ts'
import { keepIdentifying } from './deidentify/keep-identifying.ts'
import { describeResult, type Made } from './describe-result.ts'
import type { ResolvedOptions } from './options.ts'
import { jpegCodec } from './pixels/jpeg-codec.ts'
import { newPixels, type PixelWindow } from './pixels/pixel-window.ts'
import { buildPyramid } from './pyramid/build-pyramid.ts'
import { type Geometry, pyramid } from './pyramid/geometry.ts'
import { planPyramid } from './pyramid/plan.ts'
import { Repair } from './pyramid/repair.ts'
import { RepairJournal } from './pyramid/repair-journal.ts'
import { sampleReader } from './pyramid/sample-reader.ts'
import { compareSample } from './pyramid/verify-sample.ts'
import { reportOf } from './sidecar.ts'
import type { NamedBytes, ResultFacts, TileSink } from './sink.ts'
import { canCopyToBigTiff, copyToBigTiff, type StandIn } from './sinks/bigtiff/copy-to-bigtiff.ts'
import { filePlace, type ResultPlace } from './sinks/formats.ts'
import { formatOf, sinkFor } from './sinks/index.ts'
import { checkBigTiff } from './sinks/verify/check-bigtiff.ts'
import { checkPresence } from './sinks/verify/check-presence.ts'
import { gridOf, type SlideSource, type SourceTile, TileDamaged } from './source.ts'

/** A task with all that it works with. */
export interface Conversion {
  task: SlideTask
  options: ResolvedOptions
  context: ConvertContext
  source: SlideSource
  color: ColorPlan
}

/** Share of a conversion's time that goes into checking the result. */
const checkShare = 0.03

/** One slide on its way into one result. */
export class SlideConversion {
  readonly #conversion: Conversion
  readonly #geometry: Geometry
  /** Files that stand beside the result, once it is known what became of the tiles. */
  #beside: NamedBytes[] = []

  constructor(conversion: Conversion) {
    this.#conversion = conversion
    const { task, options } = conversion
    const tile = { sizePx: options.tileSizePx, overlapPx: options.overlapPx }
    this.#geometry = pyramid(task.content, tile, this.#format.layout)
  }

  /** Writes and checks the result. */
  async run(): Promise<Produced> {
    const { context, task } = this.#conversion
    const { resultDir, output } = context
    const report = await (this.#isCopiedWhole ? this.#copyWhole() : this.#build())
    if (output.type === 'folder')
      for (const { path, bytes } of this.#beside) await writeFile(join(resultDir, path), bytes)
    const { primary } = this.#format
    const delivered = this.#isCopiedWhole
      ? undefined
      : await checkPresence(task.profile.name, this.#geometry, this.#place, context.signal)
    context.progress(1)
    if (output.type === 'blob') return { primary, report, delivered: await describeZip(output.path) }
    return { primary, report, ...(delivered && { delivered }) }
  }

  get #travelling(): NamedBytes[] {
    return this.#conversion.context.output.type === 'blob' ? this.#beside : []
  }

  get #format() {
    return formatOf(this.#conversion.task.profile.name)
  }

  /** For another node everything goes straight into the zip that travels. */
  get #place(): ResultPlace {
    const { resultDir, output } = this.#conversion.context
    return output.type === 'blob' ? { resultDir, zip: output.path } : { resultDir }
  }

  get #background(): string {
    return this.#conversion.options.background ?? this.#conversion.source.background
  }

  get #facts(): ResultFacts {
    const { task, color } = this.#conversion
    return { ...task.content.properties, ...(color.icc && { icc: color.icc }) }
  }

  /** A TIFF may keep whatever levels its source has. */
  get #isCopiedWhole(): boolean {
    const { task, options, source, color } = this.#conversion
    const [full] = source.levels
    const keepsTiles = full?.tileWidthPx === options.tileSizePx && full.tileHeightPx === options.tileSizePx
    const isFree = keepsTiles && !full.jpeg?.fresh && !color.converter
    return task.profile.name === 'bigtiff' && isFree && canCopyToBigTiff(source)
  }

  async #copyWhole(): Promise<Produced['report']> {
    const { source, context } = this.#conversion
    const { levels } = source
    const total = levels.map(gridOf).reduce((sum, { columns, rows }) => sum + columns * rows, 0)
    const journal = this.#repairJournal()
    const repair = new Repair(levels, this.#background, journal)
    const file = filePlace(this.#place, this.#format.primary)
    let report: Produced['report'] = {}
    await copyToBigTiff(source, file, {
      facts: this.#facts,
      scratchDir: context.scratchDir,
      resume: context.resume,
      signal: context.signal,
      standIn: (level, tile, reason) => this.#standIn(repair, level, tile, reason),
      progress: (tiles, pixels) => this.#report(tiles, total, pixels),
      beside: async (done) => {
        const encoded = done.encoded + done.repaired.length
        report = await this.#tell({ ...done, encoded, levels: levels.length, total, repaired: repair.repaired })
        return this.#travelling
      }
    })
    await checkBigTiff(file, levels)
    return report
  }

  /** What can't be copied may still be decoded: bytes behind the end of a JPEG are no damage. */
  async #standIn(repair: Repair, index: number, tile: SourceTile, reason: string): Promise<StandIn> {
    const level = this.#conversion.source.levels[index]
    if (!level) throw new Error(`the source has no level ${index}`)
    const window = newPixels(level.tileWidthPx, level.tileHeightPx)
    const damage = await level.decode(tile, window, 1).then(() => undefined, damageOf)
    if (damage) await repair.mend(index, tile, window, new TileDamaged(reason))
    return { jpeg: await this.#codec.encode(window, this.#conversion.options.quality), mended: damage !== undefined }
  }

  get #codec() {
    return jpegCodec(this.#conversion.context.tools.threads)
  }

  async #build(): Promise<Produced['report']> {
    const { context, task } = this.#conversion
    const { name } = task.profile
    const sink = await sinkFor(name, this.#geometry, this.#place, { scratchDir: context.scratchDir })
    const journal = this.#repairJournal()
    let report: Produced['report']
    try {
      report = await this.#tell({
        ...(await this.#buildInto(sink, journal)),
        levels: this.#geometry.levels.length,
        total: this.#geometry.tiles
      })
      await sink.finish(this.#facts, this.#travelling)
    } finally {
      await sink.close()
    }
    return report
  }

  #repairJournal(): RepairJournal {
    const { scratchDir, resume } = this.#conversion.context
    return RepairJournal.open(join(scratchDir, 'repairs.journal'), resume)
  }

  async #buildInto(sink: TileSink, journal: RepairJournal) {
    const { options, context, source, color } = this.#conversion
    const { converter, iccInTiles } = color
    const recolour = converter && ((window: PixelWindow) => converter.convert(window))
    const [geometry, codec, { signal }] = [this.#geometry, this.#codec, context]
    const built = await buildPyramid({
      geometry,
      plan: planPyramid(geometry, source.levels, converter === undefined),
      source,
      sink,
      codec,
      quality: options.quality,
      background: this.#background,
      journal,
      recolour,
      dress: (jpeg) => (iccInTiles ? withIcc(jpeg, iccInTiles) : jpeg),
      resume: context.resume,
      signal,
      progress: (tiles, pixels) => this.#report(tiles, geometry.tiles, pixels)
    })
    await compareSample({ geometry, sink, codec, signal, read: sampleReader(source, recolour) })
    return built
  }

  /** Notes what stands beside the result, the sidecar first; answers the job's report. */
  async #tell(made: Made): Promise<Produced['report']> {
    const { task, options, color } = this.#conversion
    const { content } = task
    this.#checkSomethingIsLeft(made)
    const kept = options.deidentify ? undefined : await keepIdentifying(content)
    const about = describeResult({ content, options, background: this.#background, color, made, kept })
    const sidecar = { path: 'result.json', bytes: Buffer.from(`${JSON.stringify(about, undefined, 2)}\n`) }
    this.#beside = [sidecar, ...(kept?.files ?? [])]
    return reportOf(about)
  }

  /** A slide of which not one tile could be used would come out as an empty picture. */
  #checkSomethingIsLeft({ repaired }: Made): void {
    const [full] = this.#conversion.source.levels
    if (!full) return
    const { columns, rows } = gridOf(full)
    const lost = repaired.filter(({ level, how }) => level === 0 && how === 'background')
    if (lost.length < columns * rows) return
    throw damaged(
      `Not one of the slide's ${lost.length} tiles can be used: ${lost[0]?.reason ?? 'no reason given'}.`,
      'Copy it again from where it was made.'
    )
  }

  #report(tiles: number, of: number, pixels: number): void {
    const { widthPx, heightPx } = this.#geometry
    const work = { done: pixels / 1e6, total: (widthPx * heightPx) / 1e6, unit: 'Mpx/s' as const }
    this.#conversion.context.progress((tiles / of) * (1 - checkShare), { work })
  }
}

function damageOf(error: unknown): TileDamaged {
  if (error instanceof TileDamaged) return error
  throw error
}
