import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { tempDir } from '../../../src/converters/testing/temp-dir.ts'
import { BigTiffPages } from './big-tiff.ts'
import { asAperio, repeatTiles } from './reshape.ts'

/** A pyramid of two colours, left and right, in tiles of 64 pixels. */
async function slide(dir: string): Promise<string> {
  const path = join(dir, 'slide.tif')
  const right = { create: { width: 128, height: 256, channels: 3, background: '#0000ff' } } as const
  await sharp({ create: { width: 256, height: 256, channels: 3, background: '#ff0000' } })
    .composite([{ input: right, left: 128, top: 0 }])
    .tiff({ tile: true, tileWidth: 64, tileHeight: 64, pyramid: true, compression: 'deflate', bigtiff: true })
    .toFile(path)
  return path
}

async function pixel(path: string, left: number, top: number): Promise<number[]> {
  return [...(await sharp(path).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer())]
}

test('a slide whose tiles are named again is as many times as large and shows them side by side', async () => {
  await using dir = await tempDir()
  const path = await slide(dir.path)
  await repeatTiles(path, { columns: 3, rows: 2 })
  expect(await sharp(path).metadata()).toMatchObject({ width: 768, height: 512 })
  expect(await sharp(path, { page: 1 }).metadata()).toMatchObject({ width: 384, height: 256 })
  expect(await pixel(path, 700, 400)).toEqual([0, 0, 255])
  expect(await pixel(path, 520, 400)).toEqual([255, 0, 0])
})

test('a pyramid becomes a scanner’s: every second level, with its words', async () => {
  await using dir = await tempDir()
  const [path, copy] = [await slide(dir.path), join(dir.path, 'copy.tif')]
  await copyFile(path, copy)
  await asAperio(copy)
  const { pages = 0 } = await sharp(path).metadata()
  expect(pages).toBeGreaterThan(2)
  expect(await sharp(copy).metadata()).toMatchObject({ pages: Math.ceil(pages / 2) })
  expect(await sharp(copy, { page: 1 }).metadata()).toMatchObject({ width: 64 })
  await using tiff = await BigTiffPages.open(copy)
  const [first = new Map()] = await tiff.pages()
  expect(Buffer.from(await tiff.numbers(first, 270)).toString('latin1')).toMatch(/^Aperio Image Library .*\r\n256x256 /)
})

test('what is no BigTIFF is not touched', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'picture.tif')
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .tiff()
    .toFile(path)
  await expect(BigTiffPages.open(path)).rejects.toThrow('the slide is not a little-endian BigTIFF')
})
