import type { SlideSource, SourceLevel } from '../../source.ts'

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
}

function memoryLevel({ widthPx, heightPx, tileSizePx, rgb = false, tables, tiles }: MemoryLevel): SourceLevel {
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
    decode: async () => undefined
  }
}
