import { crc32 } from 'node:zlib'
import { directoryRecord, endOfDirectory, localHeader, type ZipRecord } from '../../../output/zip-records.ts'
import type { Geometry } from '../../pyramid/geometry.ts'
import type { NamedBytes, ResultFacts, TileSink } from '../../sink.ts'
import { type FilePlace, SingleFile } from '../single-file.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { TileTable } from '../tile-table.ts'
import { scanEntries } from './scan-entries.ts'

/**
 * Tiles as entries of a stored zip, each with its size and CRC in front, so that a receiver can expand it while it
 * streams in and a killed run can be taken up by reading it from the start. 17 bytes of memory a tile.
 */
export class ZipSink implements TileSink {
  readonly #geometry: Geometry
  readonly #names: TileNames
  readonly #result: SingleFile
  readonly #table: TileTable
  readonly #crcs: Uint32Array
  readonly #headerBytes: Uint16Array
  /** Bytes of tiles that were written again lie dead in between. */
  #hasGaps = false
  #hasBegun = false

  private constructor(result: SingleFile, geometry: Geometry, names: TileNames) {
    this.#result = result
    this.#geometry = geometry
    this.#names = names
    this.#table = new TileTable(geometry.levels)
    this.#crcs = new Uint32Array(geometry.tiles)
    this.#headerBytes = new Uint16Array(geometry.tiles)
  }

  static async open(place: FilePlace, geometry: Geometry, names: TileNames): Promise<ZipSink> {
    return new ZipSink(await SingleFile.open(place), geometry, names)
  }

  write(level: number, column: number, row: number, jpeg: Buffer): Promise<void> | undefined {
    if (this.#names.twin?.(level, column, row)) return undefined
    const { file } = this.#result
    if (!this.#hasBegun) this.#result.clear()
    this.#hasBegun = true
    const record = { name: Buffer.from(this.#names.path(level, column, row)), crc: crc32(jpeg), sizeBytes: jpeg.length }
    const header = localHeader(record)
    this.#note(this.#table.at(level, column, row), file.end, header.length, record)
    file.append(header)
    return file.append(jpeg)
  }

  async read(level: number, column: number, row: number): Promise<Buffer | undefined> {
    const twin = this.#names.twin?.(level, column, row)
    if (twin) return this.read(twin.level, twin.column, twin.row)
    const at = this.#table.at(level, column, row)
    if (!this.#table.has(at)) return undefined
    return this.#result.file.read(this.#table.offset(at) + (this.#headerBytes[at] ?? 0), this.#table.sizeBytes(at))
  }

  async resume(found: (level: number, column: number, row: number, sizeBytes: number) => void): Promise<void> {
    let end = this.#result.baseOffset
    for await (const entry of scanEntries(this.#result.file, end)) {
      const place = this.#names.place(entry.name)
      if (!place) break
      const { level, column, row } = place
      this.#note(this.#table.at(level, column, row), entry.offset, entry.headerBytes, entry)
      found(level, column, row, entry.sizeBytes)
      end = entry.offset + entry.headerBytes + entry.sizeBytes
    }
    await this.#result.file.truncate(end)
    this.#hasBegun = true
  }

  async finish(about: ResultFacts, beside: NamedBytes[] = []): Promise<void> {
    if (this.#hasGaps) await this.#closeGaps()
    const descriptors = await this.#names.descriptors(about, (...place) => this.#tile(...place))
    // An archive that people open carries its own files only; what travels around it takes the others.
    const inside = this.#result.isEntry ? descriptors : [...descriptors, ...beside]
    await this.#writeDirectory(inside.map(({ path, bytes }) => this.#append(path, bytes)))
    await this.#result.seal(beside)
  }

  async close(): Promise<void> {
    await this.#result.file.close()
  }

  async #tile(level: number, column: number, row: number): Promise<Buffer> {
    const tile = await this.read(level, column, row)
    if (!tile) throw new Error(`tile ${level}/${column}_${row} was never written`)
    return tile
  }

  #note(at: number, offset: number, headerBytes: number, { crc, sizeBytes }: Pick<ZipRecord, 'crc' | 'sizeBytes'>) {
    if (this.#table.has(at)) this.#hasGaps = true
    this.#table.set(at, offset, sizeBytes)
    this.#headerBytes[at] = headerBytes
    this.#crcs[at] = crc
  }

  #append(path: string, bytes: Buffer): ZipRecord {
    const record = {
      name: Buffer.from(path),
      crc: crc32(bytes),
      sizeBytes: bytes.length,
      offset: this.#result.file.end
    }
    this.#result.file.append(localHeader(record))
    this.#result.file.append(bytes)
    return record
  }

  async #writeDirectory(others: ZipRecord[]): Promise<void> {
    const { file, baseOffset } = this.#result
    const start = file.end
    let count = 0
    for (const record of this.#records(others)) {
      const wait = file.append(directoryRecord({ ...record, offset: record.offset - baseOffset }))
      if (wait) await wait
      count++
    }
    await file.append(endOfDirectory(count, start - baseOffset, file.end - start))
  }

  *#records(others: ZipRecord[]): Generator<ZipRecord> {
    yield* others
    for (const { level, column, row } of placesOf(this.#geometry)) {
      const at = this.#table.at(level, column, row)
      if (!this.#table.has(at)) continue
      const name = Buffer.from(this.#names.path(level, column, row))
      yield { name, crc: this.#crcs[at] ?? 0, sizeBytes: this.#table.sizeBytes(at), offset: this.#table.offset(at) }
    }
  }

  /** Moves entries down over the dead ones: a strict receiver takes no name twice and nothing between entries. */
  async #closeGaps(): Promise<void> {
    const { file, baseOffset } = this.#result
    const { sizes, offsets } = this.#table
    const live = Uint32Array.from(sizes.keys()).filter((at) => this.#table.has(at))
    live.sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0))
    let target = baseOffset
    for (const at of live) {
      const [offset, lengthBytes] = [this.#table.offset(at), (this.#headerBytes[at] ?? 0) + this.#table.sizeBytes(at)]
      if (offset !== target) await file.patch(target, await file.read(offset, lengthBytes))
      offsets[at] = target
      target += lengthBytes
    }
    await file.truncate(target)
    this.#hasGaps = false
  }
}
