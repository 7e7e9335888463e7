import type { Geometry } from '../../pyramid/geometry.ts'
import { placeIn, type TileNames } from '../tile-names.ts'

/** `<base>.dzi` and `<base>_files/<level>/<column>_<row>.jpeg`, levels counted from one pixel up (Microsoft's Deep Zoom). */
export function dziNames(geometry: Geometry, base: string): TileNames {
  const last = geometry.levels.length - 1
  const tiles = `${base}_files/`
  return {
    folders: geometry.levels.map((_, level) => `${tiles}${level}`),
    path: (level, column, row) => `${tiles}${last - level}/${column}_${row}.jpeg`,
    place: (path) => {
      const match = path.startsWith(tiles) ? /^(\d+)\/(\d+)_(\d+)\.jpeg$/.exec(path.slice(tiles.length)) : null
      return match ? placeIn(geometry, last - Number(match[1]), Number(match[2]), Number(match[3])) : undefined
    },
    descriptors: async () => [{ path: `${base}.dzi`, bytes: Buffer.from(dziXml(geometry)) }]
  }
}

/** The `.dzi` file itself. */
export function dziXml({ widthPx, heightPx, tileSizePx, overlapPx }: Geometry): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpeg" Overlap="${overlapPx}" TileSize="${tileSizePx}">
  <Size Height="${heightPx}" Width="${widthPx}"/>
</Image>
`
}
