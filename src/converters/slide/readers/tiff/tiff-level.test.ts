import { expect, test } from 'vitest'
import type { TiffPage } from './pages.ts'
import { TiffLevel } from './tiff-level.ts'

/** A level of two rows of eight tiles; where they lie, and how many bytes they have. */
function level(places: [offset: number, sizeBytes: number][], fileBytes = 1 << 20): TiffLevel {
  const file = Buffer.from(Array.from({ length: fileBytes }, (_, i) => i % 251))
  const source = {
    sizeBytes: fileBytes,
    read: async (offset: number, length: number) => Buffer.from(new Uint8Array(file.subarray(offset, offset + length)))
  }
  const page = { tile: { widthPx: 16, heightPx: 16 } } as TiffPage
  const table = {
    columns: 8,
    rows: 2,
    offsets: Float64Array.from(places, ([offset]) => offset),
    sizes: Uint32Array.from(places, ([, sizeBytes]) => sizeBytes)
  }
  return new TiffLevel(source, { page, widthPx: 128, heightPx: 32 }, table, { decode: async () => undefined })
}

/** 16 tiles of 10 bytes, `gapBytes` apart; `other` lie elsewhere. */
const row = (gapBytes: number, other: Record<number, [number, number]> = {}) =>
  Array.from({ length: 16 }, (_, i): [number, number] => other[i] ?? [100 + i * (10 + gapBytes), 10])

test('tiles that follow each other are read in one piece, over the end of a row', async () => {
  const slide = level(row(3))
  const run = slide.runAt(2)
  expect(run?.starts.length).toBe(14)
  const piece = await run?.read()
  const [tile] = await slide.readTiles(1, 3, 4)
  expect(piece?.subarray(run?.starts[9], run?.ends[9])).toEqual(tile?.bytes)
})

test('a piece ends where more than three bytes lie between two tiles: they could hold words', () => {
  expect(level(row(4)).runAt(0)).toBeUndefined()
  expect(level(row(0, { 12: [9000, 10] })).runAt(0)?.starts.length).toBe(12)
})

test.each([
  ['is not stored', { 10: [0, 0] }],
  ['lies before the one in front of it', { 10: [100, 10] }],
  ['lies beyond the end of the file', { 10: [100 + 10 * 10, 1 << 20] }],
  ['has no bytes', { 10: [200, 0] }]
] as [string, Record<number, [number, number]>][])('a piece ends before a tile that %s', (_, other) => {
  expect(level(row(0, other)).runAt(0)?.starts.length).toBe(10)
  expect(level(row(0, other)).runAt(10)).toBeUndefined()
  expect(level(row(0, other)).runAt(11)).toBeUndefined()
})

test('a piece has two megabytes at most', () => {
  const large = Array.from({ length: 16 }, (_, i): [number, number] => [16 + i * 60_000, 60_000])
  expect(level(large).runAt(0)?.starts.length).toBe(16)
  const larger = Array.from({ length: 60 }, (_, i): [number, number] => [16 + i * 60_000, 60_000])
  expect(level(larger, 4 << 20).runAt(0)?.starts.length).toBe(34)
})
