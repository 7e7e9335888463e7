import { verifyFailed } from '../../failures.ts'
import { jpegHeader } from '../pixels/jpeg-header.ts'
import { type JpegSize, KnownHeads } from '../pixels/known-heads.ts'
import { extended, newPixels, type PixelWindow } from '../pixels/pixel-window.ts'
import { TileDamaged } from '../source.ts'
import type { BuildState } from './build-state.ts'
import { type PyramidLevel, tileRect } from './geometry.ts'
import { visiblePart } from './source-pixels.ts'

const smallLevelQuality = 98
const qualityStep = 3

/** Tiles of the result on their way into the sink, counted, and back out of it where something is made of them. */
export class FinishedTiles {
  readonly #state: BuildState
  readonly #heads = new KnownHeads()
  #pixels = 0

  constructor(state: BuildState) {
    this.#state = state
  }

  /** Encodes and writes a tile; answers its JPEG as the levels below want it. */
  async encode(level: PyramidLevel, column: number, row: number, pixels: PixelWindow): Promise<Buffer> {
    const jpeg = await this.#pictureOf(pixels, this.qualityOf(level))
    await this.write(level, column, row, jpeg)
    this.#state.encoded++
    return jpeg
  }

  write(level: PyramidLevel, column: number, row: number, jpeg: Buffer): Promise<void> | void {
    this.#state.presence.add(level.index, column, row, jpeg.length)
    this.count(level, column, row)
    return this.#hand(level, column, row, jpeg)
  }

  /** The same for a copy, whose head was compared with the tile size of its level already. */
  writeCopy(level: PyramidLevel, column: number, row: number, jpeg: Buffer): Promise<void> | void {
    this.#state.presence.add(level.index, column, row, jpeg.length)
    this.count(level, column, row)
    return this.#state.order.sink.write(level.index, column, row, jpeg)
  }

  async read(level: PyramidLevel, column: number, row: number): Promise<Buffer> {
    const jpeg = await this.#state.order.sink.read(level.index, column, row)
    if (!jpeg) throw new Error(`tile ${level.index}/${column}_${row} is gone`)
    return jpeg
  }

  count(level: PyramidLevel, column: number, row: number): void {
    const { presence, order } = this.#state
    const { tileSizePx } = order.geometry
    const widthPx = Math.min(tileSizePx, level.widthPx - column * tileSizePx)
    const heightPx = Math.min(tileSizePx, level.heightPx - row * tileSizePx)
    if (level.index === 0) this.#pixels += widthPx * heightPx
    order.progress(presence.count, this.#pixels)
  }

  /** Each level is made of the one above, so losses would add up; from the third on (1/16 of the pixels) better costs little. */
  qualityOf({ index, columns, rows }: PyramidLevel): number {
    const { quality } = this.#state.order
    const raised =
      index > 0 && columns * rows === 1 ? smallLevelQuality : quality + qualityStep * Math.max(0, index - 1)
    return Math.max(quality, Math.min(raised, smallLevelQuality))
  }

  /**
   * A copied tile turned out to be damaged when it was decoded: what mends it is written in its place, and read again.
   * So it is there before anything is made of it, else a killed run could leave damage that nobody decodes any more.
   */
  async replace(level: PyramidLevel, column: number, row: number, damage: TileDamaged): Promise<Buffer> {
    const state = this.#state
    const plan = state.order.plan[level.index]
    if (plan?.kind !== 'copy') throw damage
    const whole = newPixels(plan.source.tileWidthPx, plan.source.tileHeightPx)
    await state.mend(plan.source)({ column, row, stored: true }, whole, damage)
    const jpeg = await this.#pictureOf(visiblePart(plan.source, column, row, whole), this.qualityOf(level))
    await this.#hand(level, column, row, jpeg)
    state.presence.add(level.index, column, row, jpeg.length)
    if (state.takenUp.has(`${level.index}/${column}_${row}`)) state.resumed--
    else state.copied--
    state.encoded++
    return this.read(level, column, row)
  }

  /** Decodes a tile that was written; a copy that is damaged is replaced. */
  async decode(level: PyramidLevel, column: number, row: number): Promise<PixelWindow> {
    const { codec, geometry } = this.#state.order
    const { widthPx, heightPx } = tileRect(geometry, level, column, row)
    const window = newPixels(widthPx, heightPx)
    try {
      await codec.decode(await this.read(level, column, row), window, 1)
    } catch (error) {
      if (!(error instanceof TileDamaged)) throw error
      await codec.decode(await this.replace(level, column, row, error), window, 1)
    }
    return window
  }

  async #pictureOf(pixels: PixelWindow, quality: number): Promise<Buffer> {
    const { geometry, dress, codec } = this.#state.order
    const { paddedEdges, tileSizePx } = geometry
    const picture = paddedEdges ? extended(pixels, tileSizePx, tileSizePx) : pixels
    return dress(await codec.encode(picture, quality))
  }

  /** Nothing reaches the result whose head says another size than its place has. */
  #hand(level: PyramidLevel, column: number, row: number, jpeg: Buffer): Promise<void> | void {
    const { geometry, sink } = this.#state.order
    const wanted = tileRect(geometry, level, column, row)
    const [widthPx, heightPx] = this.#sizeOf(jpeg)
    if (widthPx !== wanted.widthPx || heightPx !== wanted.heightPx)
      throw verifyFailed(
        `Tile ${column}, ${row} of level ${level.index} has ${widthPx} x ${heightPx} instead of ${wanted.widthPx} x ${wanted.heightPx} pixels.`,
        'Report it; the slide can be converted with another tile size meanwhile.'
      )
    return sink.write(level.index, column, row, jpeg)
  }

  #sizeOf(jpeg: Buffer): JpegSize {
    const known = this.#heads.sizeOf(jpeg)
    if (known) return known
    const { widthPx = 0, heightPx = 0 } = jpegHeader(jpeg) ?? {}
    this.#heads.keep(jpeg, [widthPx, heightPx])
    return [widthPx, heightPx]
  }
}
