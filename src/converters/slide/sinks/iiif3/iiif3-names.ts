import type { Geometry, Layout, PyramidLevel } from '../../pyramid/geometry.ts'
import type { NamedBytes, TilePlace } from '../../sink.ts'
import { placeIn, type TileNames } from '../tile-names.ts'
import { infoJson } from './info-json.ts'
import { wholeImage } from './whole-image.ts'

/** What viewers ask a level-0 server for: halved sizes rounded up, down to the level that is one tile. */
export const iiif3Layout: Layout = { rounding: 'ceil', until: 'one-tile' }

const folder = 'result_iiif'
const image = '0/default.jpg'

/** `info.json` and `<region>/<size>/0/default.jpg` as IIIF Image API 3.0 writes them canonically (4.7). */
export function iiif3Names(geometry: Geometry): TileNames {
  const path = (level: number, column: number, row: number) => {
    const found = geometry.levels[level]
    if (!found) throw new Error(`the pyramid has no level ${level}`)
    return `${folder}/${regionAndSize(geometry, found, column, row)}/${image}`
  }
  return {
    path,
    place: (text) => placeOf(geometry, text, path),
    twin: (level, column, row) => twinOf(geometry, level, column, row),
    descriptors: async ({ icc }, read) => {
      const last = geometry.levels.length - 1
      const smallest = await read(last, 0, 0)
      const shown = (await wholeImage(geometry, read, icc)) ?? smallest
      const { names, max } = wholeImageNames(geometry)
      const files = new Map([...names.map((name) => [name, smallest] as const), [max, shown] as const])
      const pictures = [...files].map(([name, bytes]): NamedBytes => ({ path: `${folder}/${name}/${image}`, bytes }))
      const info = { path: `${folder}/info.json`, bytes: Buffer.from(infoJson(geometry)) }
      return [info, ...pictures.filter((picture) => picture.path !== path(last, 0, 0))]
    }
  }
}

function regionAndSize(geometry: Geometry, level: PyramidLevel, column: number, row: number): string {
  const { tileSizePx } = geometry
  const size = `${Math.min(tileSizePx, level.widthPx - column * tileSizePx)},${Math.min(tileSizePx, level.heightPx - row * tileSizePx)}`
  if (level.columns === 1 && level.rows === 1) return `full/${level.scale === 1 ? 'max' : size}`
  const { xPx, yPx, widthPx, heightPx } = regionOf(geometry, level, column, row)
  return `${xPx},${yPx},${widthPx},${heightPx}/${size}`
}

/** A tile's part of the image in full-size pixels. */
function regionOf({ tileSizePx, widthPx, heightPx }: Geometry, { scale }: PyramidLevel, column: number, row: number) {
  const sidePx = tileSizePx * scale
  const [xPx, yPx] = [column * sidePx, row * sidePx]
  return { xPx, yPx, widthPx: Math.min(sidePx, widthPx - xPx), heightPx: Math.min(sidePx, heightPx - yPx) }
}

/** Not all clients ask for the whole image in the canonical way. */
function wholeImageNames({ levels, widthPx, heightPx }: Geometry): { names: string[]; max: string } {
  const sizes = levels.slice(-1).map((smallest) => `${smallest.widthPx},${smallest.heightPx}`)
  const regions = ['full', `0,0,${widthPx},${heightPx}`]
  return { names: regions.flatMap((region) => sizes.map((size) => `${region}/${size}`)), max: 'full/max' }
}

function placeOf(
  geometry: Geometry,
  text: string,
  path: (level: number, column: number, row: number) => string
): TilePlace | undefined {
  const match = /\/(?:(full)|(\d+),(\d+),\d+,\d+)\/[^/]+\/0\/default\.jpg$/.exec(text)
  if (!match) return undefined
  const [xPx, yPx] = [Number(match[2] ?? 0), Number(match[3] ?? 0)]
  for (const { index, scale } of geometry.levels) {
    const sidePx = geometry.tileSizePx * scale
    const place = placeIn(geometry, index, xPx / sidePx, yPx / sidePx)
    if (place && xPx % sidePx === 0 && yPx % sidePx === 0 && path(index, place.column, place.row) === text) return place
  }
  return undefined
}

/** A single pixel in the corner is the same picture, by the same name, on every level that has it in a tile of its own. */
function twinOf(geometry: Geometry, level: number, column: number, row: number): TilePlace | undefined {
  const found = geometry.levels[level]
  if (!found || level === 0 || (found.columns === 1 && found.rows === 1)) return undefined
  const { widthPx, heightPx } = regionOf(geometry, found, column, row)
  return widthPx === 1 && heightPx === 1
    ? { level: 0, column: column * found.scale, row: row * found.scale }
    : undefined
}
