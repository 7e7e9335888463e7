import { TiffTag } from '@cogeotiff/core'
import { MicrotomeError } from '../../../../shared/errors.ts'
import { damaged } from '../../../failures.ts'
import type { OpenContext } from '../../content.ts'
import { Jp2Pool } from '../../pixels/jp2/jp2-pool.ts'
import { jpegCodec } from '../../pixels/jpeg-codec.ts'
import { jpegHeader } from '../../pixels/jpeg-header.ts'
import { newPixels } from '../../pixels/pixel-window.ts'
import { singleTileDecoder, type TileDecoder } from '../../pixels/single-tiles.ts'
import { type JpegTiles, type SlideSource, type SourceTile, TileDamaged } from '../../source.ts'
import type { ByteSource, FileBytes } from './byte-source.ts'
import { jpegTiles } from './jpeg-tiles.ts'
import { decodePlain } from './plain-tiles.ts'
import { ReadMemory } from './read-memory.ts'
import { type DecodeTile, TiffLevel } from './tiff-level.ts'
import type { TiledLevel } from './tiff-slide.ts'
import { areCopyable, sampleTiles } from './tile-samples.ts'
import { readTileTable } from './tile-table.ts'

/** A JPEG's tables take less than 2 KB. */
const maxTablesBytes = 64 << 10
/** Tried where none of a few can be decoded, before a slide is called damaged. */
const manySamples = 64

/** What the levels of a slide share. */
interface Shared {
  threads: number
  jp2: LazyPool
}

/** For all slides of a process, which come one after the other. */
const memory = new ReadMemory()

/** Opens the levels of a slide for reading; `file` is closed with it. Throws `damaged` where no tile can be decoded. */
export async function openLevels(file: FileBytes, levels: TiledLevel[], context: OpenContext): Promise<SlideSource> {
  const jp2 = new LazyPool(context.threads)
  const shared: Shared = { threads: context.threads, jp2 }
  const close = async () => {
    await jp2.close()
    await file.close()
  }
  try {
    const opening = await Promise.allSettled(levels.map((level) => openLevel(file, level, shared)))
    return { levels: opening.flatMap(unlessDamaged), background: '#ffffff', close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A smaller level that can't be read is made from the one above; without the full one there is no slide. */
function unlessDamaged(opening: PromiseSettledResult<TiffLevel>, index: number): TiffLevel[] {
  if (opening.status === 'fulfilled') return [opening.value]
  if (index > 0 && isFaultOfFile(opening.reason)) return []
  throw opening.reason
}

/** A decoder that broke down says nothing about the slide. */
const isFaultOfFile = (error: unknown): error is MicrotomeError =>
  error instanceof MicrotomeError && error.class === 'input'

async function openLevel(source: ByteSource, level: TiledLevel, { threads, jp2 }: Shared): Promise<TiffLevel> {
  const table = await readTileTable(source, level.page)
  const tiles = await sampleTiles(source, level, table)
  const streams = await streamsOf(level, tiles)
  const found = new TiffLevel(source, level, table, {
    decode: decoderOf(level, streams, () => jpegCodec(threads), jp2),
    memory,
    ...(streams && areCopyable(level, tiles) && { jpeg: streams })
  })
  const decodeOne = decoderOf(level, streams, singleTileDecoder, jp2)
  if (await oneDecodes(found, tiles, decodeOne)) return found
  const many = await sampleTiles(source, level, table, manySamples)
  if (await oneDecodes(found, many, decodeOne)) return found
  throw damaged(
    `The slide is damaged: of ${many.length} tiles that were tried none can be decoded.`,
    'Copy it again from where it was made.'
  )
}

async function streamsOf({ page, format }: TiledLevel, tiles: SourceTile[]): Promise<JpegTiles | undefined> {
  if (format.kind !== 'jpeg') return undefined
  const tables = await page.directory.bytes(TiffTag.JpegTables, maxTablesBytes)
  const seen = tiles.map(({ bytes }) => bytes && componentIdsOf(bytes)).find((ids) => ids !== undefined)
  return jpegTiles({ rgb: format.rgb, ...(tables && { tables }), ...(seen && { componentIds: seen }) })
}

function componentIdsOf(bytes: Buffer): number[] | undefined {
  const head = jpegHeader(bytes)
  return head && Array.from({ length: head.components }, (_, i) => bytes[head.frameOffset + 10 + i * 3] ?? 0)
}

function decoderOf(
  { page, format }: TiledLevel,
  streams: JpegTiles | undefined,
  codec: () => TileDecoder,
  jp2: LazyPool
): DecodeTile {
  switch (format.kind) {
    case 'jpeg':
      return async (bytes, into, scale) => {
        const jpeg = streams?.complete(bytes)
        if (!jpeg?.length) throw new TileDamaged('it is no JPEG')
        await codec().decode(jpeg, into, scale)
      }
    case 'jpeg2000':
      return async (bytes, into, scale) => (await jp2.get()).decode(bytes, into, scale, { ycbcr: format.ycbcr })
    case 'plain': {
      const tile = { widthPx: page.tile?.widthPx ?? 0, heightPx: page.tile?.heightPx ?? 0, ...format }
      return (bytes, into, scale) => decodePlain(bytes, tile, into, scale)
    }
  }
}

/** Tables that don't fit the tiles, or tiles of another kind than the page says, would spoil the whole level. */
async function oneDecodes(level: TiffLevel, tiles: SourceTile[], decode: DecodeTile): Promise<boolean> {
  const into = newPixels(level.tileWidthPx, level.tileHeightPx)
  for (const tile of tiles) {
    const failed = await decode(tile.bytes ?? Buffer.alloc(0), into, 1).then(
      () => false,
      (error: unknown) => {
        if (error instanceof MicrotomeError && !isFaultOfFile(error)) throw error
        return true
      }
    )
    if (!failed) return true
  }
  return false
}

/** Threads for JPEG 2000, started when the first such tile comes. */
class LazyPool {
  readonly #threads: number
  #pool: Promise<Jp2Pool> | undefined

  constructor(threads: number) {
    this.#threads = threads
  }

  get(): Promise<Jp2Pool> {
    this.#pool ??= Jp2Pool.start(this.#threads)
    return this.#pool
  }

  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined)
    await pool?.close()
  }
}
