import { expect, test } from 'vitest'
import { tileJpeg } from '../testing/tiled-jpeg.ts'
import { scanStart } from './jpeg-scan.ts'
import { KnownHeads } from './known-heads.ts'

const one = await tileJpeg(1)

/** The same tile, but for a bit. */
function changed(jpeg: Buffer, at: number): Buffer {
  const copy = Buffer.from(jpeg)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

test('a JPEG with a head that was kept has its size, whatever its pixels are', () => {
  const heads = new KnownHeads()
  expect(heads.sizeOf(one)).toBeUndefined()
  heads.keep(one, [240, 240])
  expect(heads.sizeOf(changed(one, one.length - 3))).toEqual([240, 240])
})

test('a head that differs by a bit, or breaks off, is another', () => {
  const heads = new KnownHeads()
  heads.keep(one, [240, 240])
  const lengthBytes = scanStart(one) ?? 0
  for (let at = 0; at < lengthBytes; at++) expect(heads.sizeOf(changed(one, at))).toBeUndefined()
  expect(heads.sizeOf(one.subarray(0, lengthBytes - 1))).toBeUndefined()
})

test('the heads of some levels are known at once, and those that came long ago forgotten', () => {
  const heads = new KnownHeads()
  const kinds = [6, 7, 8, 9, 10].map((at) => changed(one, at))
  for (const [index, kind] of kinds.entries()) heads.keep(kind, [index, index])
  expect(kinds.map((kind) => heads.sizeOf(kind)?.[0])).toEqual([undefined, 1, 2, 3, 4])
})
