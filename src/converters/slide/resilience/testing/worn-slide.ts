import { buildTiledTiff } from '../../../testing/build-tiff.ts'
import { halve } from '../../pixels/box-filter.ts'
import { newPixels, type PixelWindow } from '../../pixels/pixel-window.ts'
import { tablesStream, tileStream } from '../../sinks/bigtiff/tile-stream.ts'
import { jpegLevel, testPicture } from '../../testing/memory-slide.ts'

/**
 * How a tile may have come down: nothing is stored, its head or its coded pixels are overwritten, the latter so that it
 * shows at once or (`code`) only when they are decoded.
 */
export type Damage = 'missing' | 'head' | 'scan' | 'code'

/** `columns` and `rows` of the full size, multiples of 4, so that every format can copy both levels. */
export interface WornWish {
  columns: number
  rows: number
  /** What happened to a tile; undefined: nothing. Level 1 is the smaller one. */
  damage?: (level: number, column: number, row: number) => Damage | undefined
}

/** Of a tile's sides, as in Aperio's files. */
export const tilePx = 240
/** Tiles of the picture that repeats across and down, so that a large slide is made in no time. */
const motifTiles = 8
const description = 'Aperio Image Library v11.2.1 \r\nAperio JPEG/YCC|AppMag = 20|MPP = 0.4990'

/** A slide like Aperio's: two levels 4x apart, tiles of 240 px, tables that all tiles share. Level 1 shows what level 0 does. */
export async function wornSlide(wish: WornWish): Promise<Buffer> {
  const full = motif()
  const levels = [await takenApart(full), await takenApart(halved(halved(full)))]
  const pages = levels.map(({ tables, tiles }, level) => {
    const [columns, rows] = level === 0 ? [wish.columns, wish.rows] : [wish.columns / 4, wish.rows / 4]
    const side = tiles.length
    return {
      widthPx: columns * tilePx,
      heightPx: rows * tilePx,
      tileWidthPx: tilePx,
      tiles: Array.from({ length: columns * rows }, (_, i) => {
        const [column, row] = [i % columns, Math.floor(i / columns)]
        return worn(tiles[row % side]?.[column % side] ?? Buffer.alloc(0), wish.damage?.(level, column, row))
      }),
      tags: { 259: [7], 262: [6], 270: description, 347: new Uint8Array(tables), 530: [1, 1] }
    }
  })
  return buildTiledTiff(pages)
}

/** What the full size shows at a tile's place, for a comparison of pixels. */
export function motif(): PixelWindow {
  motifPixels ??= testPicture(motifTiles * tilePx, motifTiles * tilePx)
  return motifPixels
}
let motifPixels: PixelWindow | undefined

async function takenApart(picture: PixelWindow): Promise<{ tables: Buffer; tiles: Buffer[][] }> {
  const { tiles } = await jpegLevel(picture, tilePx)
  const streams = tiles.map((line) => line.map((jpeg) => tileStream(jpeg ?? Buffer.alloc(0))))
  const tables = streams[0]?.[0]?.colour.tables ?? Buffer.alloc(0)
  const bare = streams.map((line) => line.map((stream) => Buffer.concat(stream?.parts(tables) ?? [])))
  return { tables: tablesStream(tables), tiles: bare }
}

function halved(picture: PixelWindow): PixelWindow {
  const small = newPixels(picture.widthPx / 2, picture.heightPx / 2)
  halve(picture, small)
  return small
}

/** 0xff and what never follows it in a scan, or what does: there it is a code of ones, which no table has. */
const garbage = (sizeBytes: number, behind: number) =>
  Buffer.from(Array.from({ length: sizeBytes }, (_, i) => (i % 2 ? behind : 0xff)))

function worn(tile: Buffer, damage: Damage | undefined): Buffer {
  switch (damage) {
    case undefined:
      return tile
    case 'missing':
      return Buffer.alloc(0)
    case 'head':
      return Buffer.concat([garbage(64, 0x17), tile.subarray(64)])
    case 'scan':
      return withTail(tile, 0x17)
    case 'code':
      return withTail(tile, 0)
  }
}

/** A tile of whose bytes the first quarter and the last two are left. */
function withTail(tile: Buffer, behind: number): Buffer {
  const from = tile.length >> 2
  return Buffer.concat([tile.subarray(0, from), garbage(tile.length - from - 2, behind), tile.subarray(-2)])
}
