/**
 * The pyramid that a layout promises: levels from the full size (index 0) down, each a grid of square tiles whose last
 * column and row are cut to what is left, with `overlapPx` added on every side that has a neighbour.
 */
export interface Geometry {
  widthPx: number
  heightPx: number
  tileSizePx: number
  overlapPx: number
  /** Tiles of the last column and row are full ones, the rest of them background, as in TIFF; otherwise they are cut. */
  paddedEdges?: boolean
  levels: PyramidLevel[]
  /** Of all levels together. */
  tiles: number
}

/** One level; `scale` is how many full-size pixels a side of one of its pixels covers. */
export interface PyramidLevel {
  index: number
  scale: number
  widthPx: number
  heightPx: number
  columns: number
  rows: number
}

/** How halved sizes are rounded, and where a pyramid ends. */
export interface Layout {
  rounding: 'ceil' | 'floor'
  /** `one-pixel`: down to 1 x 1 (Deep Zoom); `one-tile`: the first level that fits into one tile is the last. */
  until: 'one-pixel' | 'one-tile'
  /** As in {@link Geometry}. */
  paddedEdges?: boolean
}

/** Deep Zoom's: halved sizes rounded up, down to one pixel (Microsoft's Deep Zoom file format). */
export const deepZoomLayout: Layout = { rounding: 'ceil', until: 'one-pixel' }

/** Lays out a pyramid. Sizes are at least 1. */
export function pyramid(
  size: { widthPx: number; heightPx: number },
  tile: { sizePx: number; overlapPx: number },
  { rounding, until, paddedEdges = false }: Layout
): Geometry {
  const levels: PyramidLevel[] = []
  const halved = (length: number, scale: number) => Math.max(1, Math[rounding](length / scale))
  for (let index = 0; ; index++) {
    const scale = 2 ** index
    const [widthPx, heightPx] = [halved(size.widthPx, scale), halved(size.heightPx, scale)]
    const [columns, rows] = [Math.ceil(widthPx / tile.sizePx), Math.ceil(heightPx / tile.sizePx)]
    levels.push({ index, scale, widthPx, heightPx, columns, rows })
    if (until === 'one-pixel' ? widthPx === 1 && heightPx === 1 : columns === 1 && rows === 1) break
  }
  const tiles = levels.reduce((sum, { columns, rows }) => sum + columns * rows, 0)
  return { ...size, tileSizePx: tile.sizePx, overlapPx: tile.overlapPx, paddedEdges, levels, tiles }
}

/** A tile's place and size in the pixels of its level, overlap included; padded tiles reach beyond the level. */
export function tileRect(geometry: Geometry, level: PyramidLevel, column: number, row: number) {
  const { tileSizePx, overlapPx, paddedEdges } = geometry
  const along = (index: number, count: number, length: number) => {
    if (paddedEdges) return [index * tileSizePx, tileSizePx] as const
    const start = Math.max(0, index * tileSizePx - overlapPx)
    const end = index === count - 1 ? length : Math.min(length, (index + 1) * tileSizePx + overlapPx)
    return [start, end - start] as const
  }
  const [xPx, widthPx] = along(column, level.columns, level.widthPx)
  const [yPx, heightPx] = along(row, level.rows, level.heightPx)
  return { xPx, yPx, widthPx, heightPx }
}

/** The part of a tile's place that lies on its level: all of it, but where edges are padded. */
export function onLevel({ xPx, yPx, widthPx, heightPx }: Rect, level: PyramidLevel): Rect {
  return {
    xPx,
    yPx,
    widthPx: Math.min(widthPx, level.widthPx - xPx),
    heightPx: Math.min(heightPx, level.heightPx - yPx)
  }
}

/** A rectangle in the pixels of a level. */
export interface Rect {
  xPx: number
  yPx: number
  widthPx: number
  heightPx: number
}
