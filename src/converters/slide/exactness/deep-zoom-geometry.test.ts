import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { asSharp, picture } from '../readers/tiff/testing/picture.ts'
import { filesIn } from './testing/deep-zoom-result.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let child: ForkedChild
beforeAll(async () => {
  child = await ForkedChild.start()
})
afterAll(() => child[Symbol.asyncDispose]())

/** Paths of all tiles with their sizes. */
async function tilesIn(path: string): Promise<string[]> {
  const tiles = (await filesIn(path)).filter((file) => file.endsWith('.jpeg'))
  return Promise.all(
    tiles.map(async (tile) => {
      const { width, height } = await sharp(join(path, tile)).metadata()
      return `${tile} ${width} x ${height}`
    })
  )
}

const sizes: [widthPx: number, heightPx: number, tileSizePx: number, overlapPx: number][] = [
  [1, 1, 256, 0],
  [1, 1, 64, 1],
  [1, 700, 256, 0],
  [701, 1, 64, 2],
  [256, 256, 256, 0],
  [257, 255, 256, 0],
  [257, 255, 256, 1],
  [513, 769, 256, 0],
  [513, 769, 128, 1],
  [385, 129, 64, 3],
  [640, 480, 64, 16],
  [1000, 3, 100, 0],
  [333, 222, 75, 4]
]

test.each(sizes)(
  '%i x %i in tiles of %i, overlap %i: names and sizes are those of libvips',
  async (width, height, size, overlap) => {
    await using dir = await tempDir()
    const sourcePath = join(dir.path, 'picture.png')
    await asSharp(picture(width, height)).png().toFile(sourcePath)
    await sharp(sourcePath).jpeg().tile({ size, overlap, layout: 'dz' }).toFile(join(dir.path, 'peer'))
    await using made = await tempDir()
    await child.convert({
      sourcePath,
      kind: 'image',
      profile: 'dzi',
      options: { tileSizePx: size, overlapPx: overlap },
      output: { type: 'folder', dir: made.path }
    })
    const peer = await tilesIn(join(dir.path, 'peer_files'))
    expect(peer.length).toBeGreaterThan(0)
    expect(await tilesIn(join(made.path, 'result_files'))).toEqual(peer)
  }
)
