import type { SlideSource, SourceLevel, TileRun } from '../../source.ts'

/** A source whose JPEG tiles lie in memory, by level and then row by row; absent ones are not stored. */
export function jpegSource(levels: Omit<MemoryLevel, 'columns'>[]): SlideSource {
  return { background: '#ffffff', levels: levels.map(memoryLevel), close: async () => undefined }
}

interface MemoryLevel {
  widthPx: number
  heightPx: number
  tileSizePx: number
  rgb?: boolean
  tables?: Buffer
  tiles: (Buffer | undefined)[]
  /** All tiles can be read in one piece, a byte between each two. */
  inOnePiece?: boolean
}

function memoryLevel({
  widthPx,
  heightPx,
  tileSizePx,
  rgb = false,
  tables,
  tiles,
  inOnePiece
}: MemoryLevel): SourceLevel {
  const columns = Math.ceil(widthPx / tileSizePx)
  return {
    widthPx,
    heightPx,
    tileWidthPx: tileSizePx,
    tileHeightPx: tileSizePx,
    jpeg: { rgb, ...(tables && { tables }), complete: (bytes) => bytes },
    readTiles: async (row, from, to) =>
      Array.from({ length: to - from }, (_, i) => {
        const bytes = tiles[row * columns + from + i]
        return { column: from + i, row, stored: bytes !== undefined, ...(bytes && { bytes }) }
      }),
    ...(inOnePiece && { runAt: (first: number) => runOf(tiles.slice(first)) }),
    decode: async () => undefined
  }
}

function runOf(tiles: (Buffer | undefined)[]): TileRun {
  const sizes = tiles.map((tile) => tile?.length ?? 0)
  const starts = Uint32Array.from(sizes, (_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size + 1, 0))
  return {
    starts,
    ends: starts.map((start, i) => start + (sizes[i] ?? 0)),
    read: async () => Buffer.concat(tiles.flatMap((tile) => [tile ?? Buffer.alloc(0), Buffer.from([1])])),
    release: () => undefined
  }
}
