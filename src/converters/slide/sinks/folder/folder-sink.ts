import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { endsInEoi, jpegHeader } from '../../pixels/jpeg-header.ts'
import { type Geometry, tileRect } from '../../pyramid/geometry.ts'
import type { ResultFacts, TileSink } from '../../sink.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { FileWriter } from './file-writer.ts'

/** Enough to see EOI behind some padding. */
const tailBytes = 32
/** Holds the tables and the frame header of a JPEG without a profile. */
const headBytes = 4096
const perTurn = 500

/** Tiles as files of a folder. */
export class FolderSink implements TileSink {
  readonly #dir: string
  readonly #geometry: Geometry
  readonly #names: TileNames
  readonly #writer = new FileWriter()

  constructor(dir: string, geometry: Geometry, names: TileNames) {
    this.#dir = dir
    this.#geometry = geometry
    this.#names = names
    for (const folder of names.folders ?? []) mkdirSync(this.#path(folder), { recursive: true })
  }

  write(level: number, column: number, row: number, jpeg: Buffer): Promise<void> | undefined {
    return this.#writer.write(this.#path(this.#names.path(level, column, row)), jpeg, this.#names.folders === undefined)
  }

  async read(level: number, column: number, row: number): Promise<Buffer | undefined> {
    await this.#writer.idle()
    return readFile(this.#path(this.#names.path(level, column, row))).catch(nothingThere)
  }

  async resume(found: (level: number, column: number, row: number, sizeBytes: number) => void): Promise<void> {
    if (readdirSync(this.#dir).length === 0) return
    let looked = 0
    for (const { level, column, row } of placesOf(this.#geometry)) {
      const shape = this.#geometry.levels[level]
      if (!shape) continue
      const rect = tileRect(this.#geometry, shape, column, row)
      const sizeBytes = wholeTileBytes(this.#path(this.#names.path(level, column, row)), rect)
      if (sizeBytes > 0) found(level, column, row, sizeBytes)
      if (++looked % perTurn === 0) await setImmediate()
    }
  }

  async finish(about: ResultFacts): Promise<void> {
    await this.#writer.idle()
    const files = await this.#names.descriptors(about, async (level, column, row) => {
      const tile = await this.read(level, column, row)
      if (!tile) throw new Error(`tile ${level}/${column}_${row} was never written`)
      return tile
    })
    for (const { path, bytes } of files) await this.#writer.write(this.#path(path), bytes, true)
    await this.#writer.idle()
  }

  async close(): Promise<void> {
    await this.#writer.idle().catch(() => undefined)
    await this.#writer.close()
  }

  #path(relative: string): string {
    // Not join: that takes apart every path of a million.
    return `${this.#dir}/${relative}`
  }
}

/** Size of a file that begins as a JPEG of this size and ends as one; 0 for others and none. */
function wholeTileBytes(path: string, { widthPx, heightPx }: { widthPx: number; heightPx: number }): number {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    return nothingThere(error) ?? 0
  }
  try {
    const { size } = fstatSync(file)
    if (!endsInEoi(readPart(file, Math.max(0, size - tailBytes), size))) return 0
    const head = jpegHeader(readPart(file, 0, Math.min(size, headBytes))) ?? jpegHeader(readPart(file, 0, size))
    return head?.widthPx === widthPx && head.heightPx === heightPx ? size : 0
  } finally {
    closeSync(file)
  }
}

function readPart(file: number, from: number, to: number): Buffer {
  const part = Buffer.alloc(to - from)
  return part.subarray(0, readSync(file, part, 0, part.length, from))
}

function nothingThere(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return undefined
  throw error
}
