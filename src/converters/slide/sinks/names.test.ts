import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { pyramid, tileRect } from '../pyramid/geometry.ts'
import { dziNames } from './dzi/dzi-names.ts'
import { iiif3Names } from './iiif3/iiif3-names.ts'
import { infoJson } from './iiif3/info-json.ts'
import { formatOf } from './index.ts'
import { sziNames } from './szi/szi-names.ts'
import { placesOf, type TileNames } from './tile-names.ts'
import { zoomifyNames } from './zoomify/zoomify-names.ts'

const sizes: [number, number, number][] = [
  [1, 1, 256],
  [256, 256, 256],
  [257, 255, 256],
  [1000, 37, 64],
  [513, 700, 128],
  [129, 511, 64],
  [513, 513, 256],
  [5000, 4000, 240]
]

function layOut(profile: 'dzi' | 'szi' | 'iiif3' | 'zoomify', widthPx: number, heightPx: number, sizePx: number) {
  const geometry = pyramid({ widthPx, heightPx }, { sizePx, overlapPx: 0 }, formatOf(profile).layout)
  const make = {
    dzi: (one: typeof geometry) => dziNames(one, 'result'),
    szi: sziNames,
    iiif3: iiif3Names,
    zoomify: zoomifyNames
  }
  return { geometry, names: make[profile](geometry) }
}

function pathsOf(names: TileNames, geometry: ReturnType<typeof layOut>['geometry']): string[] {
  return [...placesOf(geometry)].map(({ level, column, row }) => names.path(level, column, row))
}

async function writtenByLibvips(profile: 'dz' | 'iiif3', width: number, height: number, size: number) {
  const dir = await tempDir()
  const image = sharp({ create: { width, height, channels: 3, background: '#336699' } })
  const depth = profile === 'dz' ? { depth: 'onepixel' as const } : {}
  await image
    .jpeg()
    .tile({ size, layout: profile, ...depth })
    .toFile(join(dir.path, 'result'))
  const root = join(dir.path, profile === 'dz' ? 'result_files' : 'result')
  const written = await readdir(root, { recursive: true, withFileTypes: true })
  const files = written.filter((entry) => entry.isFile() && /\.jpe?g$/.test(entry.name))
  return {
    dir,
    root,
    paths: files.map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/')
    )
  }
}

test.each(sizes)(
  'a Deep Zoom of %i x %i in tiles of %i has the files that libvips writes, of its sizes',
  async (width, height, size) => {
    const { dir, root, paths } = await writtenByLibvips('dz', width, height, size)
    await using _ = dir
    const { geometry, names } = layOut('dzi', width, height, size)
    const tiles = pathsOf(names, geometry)
    expect(tiles.map((path) => path.replace('result_files/', '')).sort()).toEqual(paths.sort())
    if (tiles.length > 100) return
    for (const { level, column, row } of placesOf(geometry)) {
      const grid = geometry.levels[level]
      if (!grid) throw new Error('no level')
      const file = join(root, names.path(level, column, row).replace('result_files/', ''))
      const { width: widthPx, height: heightPx } = await sharp(file).metadata()
      expect({ widthPx, heightPx }).toEqual(expect.objectContaining(sizeOf(tileRect(geometry, grid, column, row))))
    }
  }
)

const sizeOf = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }) => ({ widthPx, heightPx })

test.each(sizes)(
  'an IIIF image of %i x %i in tiles of %i has the files that libvips writes',
  async (width, height, size) => {
    const { dir, paths } = await writtenByLibvips('iiif3', width, height, size)
    await using _ = dir
    const { geometry, names } = layOut('iiif3', width, height, size)
    const ours = new Set(pathsOf(names, geometry).map((path) => path.replace('result_iiif/', '')))
    // The specification calls the whole image at its full size `max`; libvips does not.
    const canonical = new Set(paths.map((path) => path.replace(`full/${width},${height}/`, 'full/max/')))
    expect(ours).toEqual(canonical)
  }
)

test.each(['dzi', 'szi', 'iiif3', 'zoomify'] as const)(
  '%s knows each tile by its path, and no other path',
  (profile) => {
    for (const size of sizes) {
      const { geometry, names } = layOut(profile, ...size)
      for (const place of placesOf(geometry)) {
        const { level, column, row } = place
        const expected = names.twin?.(level, column, row) ?? place
        expect(names.place(names.path(level, column, row))).toEqual(expected)
        expect(names.place(names.path(level, column, row).replace(/(\d)(?=\D*$)/, '9$1'))).not.toEqual(place)
      }
      expect(names.place('result.json')).toBeUndefined()
      expect(names.place('result_files/99/0_0.jpeg')).toBeUndefined()
    }
  }
)

test('paths of an IIIF image are one a tile, but for the corner that is one pixel on every level', () => {
  const { geometry, names } = layOut('iiif3', 513, 513, 256)
  const places = [...placesOf(geometry)].filter(({ level, column, row }) => !names.twin?.(level, column, row))
  expect(places).toHaveLength(geometry.tiles - 1)
  expect(new Set(places.map(({ level, column, row }) => names.path(level, column, row))).size).toBe(places.length)
})

interface TileSource {
  minLevel: number
  maxLevel: number
  getNumTiles(level: number): { x: number; y: number }
  getTileUrl(level: number, x: number, y: number): string
}

/** OpenSeadragon looks at a page only to learn what its browser can do; its tile sources need none. */
function openSeadragon(): Record<'IIIFTileSource' | 'ZoomifyTileSource', new (options: object) => TileSource> {
  const nothing = () => undefined
  const listening = { addEventListener: nothing, removeEventListener: nothing }
  const element = () => ({
    style: {},
    getContext: () => null,
    setAttribute: nothing,
    appendChild: nothing,
    ...listening
  })
  const page = { createElement: element, documentElement: element(), body: element(), ...listening }
  Object.assign(globalThis, {
    document: page,
    window: globalThis,
    self: globalThis,
    location: { search: '' },
    ...listening
  })
  return createRequire(import.meta.url)('openseadragon')
}

function urlsOf(source: TileSource): string[] {
  const urls: string[] = []
  for (let level = source.minLevel; level <= source.maxLevel; level++) {
    const { x: columns, y: rows } = source.getNumTiles(level)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) urls.push(source.getTileUrl(level, column, row))
  }
  return urls
}

test.each(sizes)('OpenSeadragon finds every tile of %i x %i in tiles of %i, IIIF and Zoomify', (...size) => {
  const { IIIFTileSource, ZoomifyTileSource } = openSeadragon()
  const zoomify = layOut('zoomify', ...size)
  const [width, height, tileSize] = size
  const tilesUrl = 'result_zoomify/'
  // It numbers tiles by sizes rounded down, and asks for those of sizes rounded up: some pixel-wide ones are never there.
  const asked = new Set(urlsOf(new ZoomifyTileSource({ width, height, tileSize, tilesUrl })))
  expect([...asked]).toEqual(expect.arrayContaining(pathsOf(zoomify.names, zoomify.geometry)))
  const iiif = layOut('iiif3', ...size)
  const info = JSON.parse(infoJson(iiif.geometry))
  const iiifUrls = urlsOf(new IIIFTileSource({ ...info, id: 'result_iiif', version: 3 }))
  expect(new Set(iiifUrls)).toEqual(new Set(pathsOf(iiif.names, iiif.geometry)))
})
