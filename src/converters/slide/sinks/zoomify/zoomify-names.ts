import type { Geometry, Layout } from '../../pyramid/geometry.ts'
import { placeIn, type TileNames } from '../tile-names.ts'

/** Halved sizes are rounded down, as OpenSeadragon and OpenLayers (`tierSizeCalculation: 'truncated'`) count them. */
export const zoomifyLayout: Layout = { rounding: 'floor', until: 'one-tile' }

const folder = 'result_zoomify'
const tilesPerGroup = 256

/** `ImageProperties.xml` and `TileGroup<n>/<tier>-<column>-<row>.jpg`; tiers and groups count from the smallest level. */
export function zoomifyNames(geometry: Geometry): TileNames {
  const { levels, tiles, widthPx, heightPx, tileSizePx } = geometry
  const last = levels.length - 1
  const before = tilesBefore(geometry)
  const path = (level: number, column: number, row: number) => {
    const number = (before[level] ?? 0) + row * (levels[level]?.columns ?? 0) + column
    return `${folder}/TileGroup${Math.floor(number / tilesPerGroup)}/${last - level}-${column}-${row}.jpg`
  }
  return {
    folders: Array.from({ length: Math.ceil(tiles / tilesPerGroup) }, (_, group) => `${folder}/TileGroup${group}`),
    path,
    place: (text) => {
      const match = /\/(\d+)-(\d+)-(\d+)\.jpg$/.exec(text)
      const found = match && placeIn(geometry, last - Number(match[1]), Number(match[2]), Number(match[3]))
      return found && path(found.level, found.column, found.row) === text ? found : undefined
    },
    descriptors: async () => [
      {
        path: `${folder}/ImageProperties.xml`,
        bytes: Buffer.from(
          `<IMAGE_PROPERTIES WIDTH="${widthPx}" HEIGHT="${heightPx}" NUMTILES="${tiles}" NUMIMAGES="1" VERSION="1.8" TILESIZE="${tileSizePx}" />\n`
        )
      }
    ]
  }
}

/** How many tiles the smaller levels have, for each level. */
function tilesBefore({ levels, tiles }: Geometry): number[] {
  let left = tiles
  return levels.map(({ columns, rows }) => {
    left -= columns * rows
    return left
  })
}
