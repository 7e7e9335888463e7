import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { boastful, edited, noise, type TiledJpegWish, tiledJpeg } from '../testing/tiled-jpeg.ts'

const preload = pathToFileURL(join(import.meta.dirname, 'testing', 'without-turbo.ts')).href

/** One tile in the middle of 5 x 4. */
const middle = 6
const middleIs = (damage: (jpeg: Buffer) => Buffer | undefined): TiledJpegWish => ({
  change: (jpeg, index) => (index === middle ? damage(jpeg) : jpeg)
})
const overwritten = (value: number, from: number, to: number) => (jpeg: Buffer) =>
  edited(jpeg, (copy) => copy.fill(value, from, to))

describe.each([
  ['libjpeg-turbo', {}],
  ['sharp alone', { NODE_OPTIONS: `--import=${preload}` }]
])('by %s, a slide that lost a tile is converted, and the report names it', (_, env) => {
  let child: ForkedChild
  beforeAll(async () => {
    child = await ForkedChild.start({}, env)
  })
  afterAll(() => child[Symbol.asyncDispose]())

  test.each<[string, TiledJpegWish, RegExp]>([
    ['not stored', middleIs(() => undefined), /not stored/],
    ['noise', middleIs(() => noise(3000)), /no JPEG/],
    ['cut short', middleIs((jpeg) => jpeg.subarray(0, 1500)), /./],
    ['garbled', middleIs(overwritten(0x55, 700, 1200)), /./],
    ['of another size than it should be', middleIs(boastful), /65500 x 65500/]
  ])('a tile %s', { timeout: 60_000 }, async (_, wish, reason) => {
    await using dir = await tempDir()
    const at = (name: string) => join(dir.path, name)
    await Promise.all([writeFile(at('slide.svs'), await tiledJpeg(wish)), mkdir(at('out')), mkdir(at('scratch'))])
    const { report } = await child.convert({
      sourcePath: at('slide.svs'),
      profile: 'dzi',
      output: { type: 'folder', dir: at('out') },
      scratchDir: at('scratch')
    })
    const repaired = { level: 0, column: 1, row: 1, how: 'from a smaller level', reason: expect.stringMatching(reason) }
    expect(report).toMatchObject({ tiles: { total: 36, repaired: 1 }, repaired: [repaired] })
  })
})
