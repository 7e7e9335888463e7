import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { tempDir } from '../../../testing/temp-dir.ts'
import { deepZoom, tilePath, tilePaths, tileSize } from './geometry.ts'

test.each([
  [1, 1, 256, 0],
  [256, 256, 256, 0],
  [257, 255, 256, 0],
  [1000, 37, 64, 0],
  [513, 700, 128, 1],
  [300, 300, 100, 2],
  [129, 511, 64, 16]
])(
  '%i x %i pixels in tiles of %i with overlap %i are the files that libvips writes',
  async (width, height, size, overlap) => {
    await using dir = await tempDir()
    const image = sharp({ create: { width, height, channels: 3, background: '#336699' } })
    await image.jpeg().tile({ size, overlap, layout: 'dz', depth: 'onepixel' }).toFile(join(dir.path, 'a.dz'))
    const geometry = deepZoom(width, height, size, overlap)
    const root = join(dir.path, 'a_files')
    const written = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.jpeg'))
    expect([...tilePaths(geometry)].sort()).toEqual(written.map((name) => name.replaceAll('\\', '/')).sort())
    expect(geometry.tiles).toBe(written.length)
    for (const level of geometry.levels)
      for (let row = 0; row < level.rows; row++)
        for (let column = 0; column < level.columns; column++) {
          const tile = await sharp(join(root, tilePath(level.level, column, row))).metadata()
          expect([tile.width, tile.height]).toEqual(tileSize(geometry, level, column, row))
        }
  }
)
