/** A Deep Zoom pyramid: level 0 has one pixel, each next one doubles, the last is the whole image. */
export interface Geometry {
  widthPx: number
  heightPx: number
  tileSizePx: number
  overlapPx: number
  /** From the one-pixel level up. */
  levels: Level[]
  tiles: number
}

/** One level and its grid of tiles. */
export interface Level {
  level: number
  widthPx: number
  heightPx: number
  columns: number
  rows: number
}

/** Levels and tiles as Microsoft's Deep Zoom file format defines them (halved sizes are rounded up). */
export function deepZoom(widthPx: number, heightPx: number, tileSizePx: number, overlapPx: number): Geometry {
  const last = Math.ceil(Math.log2(Math.max(widthPx, heightPx)))
  const levels = Array.from({ length: last + 1 }, (_, level): Level => {
    const width = Math.ceil(widthPx / 2 ** (last - level))
    const height = Math.ceil(heightPx / 2 ** (last - level))
    const columns = Math.ceil(width / tileSizePx)
    return { level, widthPx: width, heightPx: height, columns, rows: Math.ceil(height / tileSizePx) }
  })
  const tiles = levels.reduce((sum, { columns, rows }) => sum + columns * rows, 0)
  return { widthPx, heightPx, tileSizePx, overlapPx, levels, tiles }
}

/** Where a tile lies, relative to the folder of tiles: `<level>/<column>_<row>.jpeg`. */
export function tilePath(level: number, column: number, row: number): string {
  return `${level}/${column}_${row}.jpeg`
}

/** Every tile's path, level by level from the smallest. */
export function* tilePaths(geometry: Geometry): Generator<string> {
  for (const { level, columns, rows } of geometry.levels)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) yield tilePath(level, column, row)
}

/** A tile's size: the last of a row or column is what is left, and overlap is added where there is a neighbour. */
export function tileSize(geometry: Geometry, level: Level, column: number, row: number): [number, number] {
  const { tileSizePx, overlapPx } = geometry
  const along = (index: number, count: number, length: number) => {
    const start = Math.max(0, index * tileSizePx - overlapPx)
    const end = index === count - 1 ? length : Math.min(length, (index + 1) * tileSizePx + overlapPx)
    return end - start
  }
  return [along(column, level.columns, level.widthPx), along(row, level.rows, level.heightPx)]
}

/** The `.dzi` file itself. */
export function dziXml({ widthPx, heightPx, tileSizePx, overlapPx }: Geometry): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpeg" Overlap="${overlapPx}" TileSize="${tileSizePx}">
  <Size Height="${heightPx}" Width="${widthPx}"/>
</Image>
`
}
