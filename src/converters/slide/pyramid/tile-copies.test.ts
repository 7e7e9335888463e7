import { expect, test } from 'vitest'
import { jpegLevel, testPicture } from '../testing/memory-slide.ts'
import { TileCopies } from './tile-copies.ts'

const level = await jpegLevel(testPicture(512, 256), 128)
const tiles = await level.readTiles(0, 0, 4)
const [first, second, third] = tiles
if (!first?.bytes || !second?.bytes || !third?.bytes) throw new Error('no tiles')
const marked = Buffer.from([0xff, 0xdd, 0, 4, 0, 0])
/** A level whose tiles get a segment put in, as tables are. */
const source = {
  ...level,
  jpeg: {
    rgb: false,
    complete: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 2), marked, bytes.subarray(2)])
  }
}
const tile = (bytes: Buffer, column = 0) => ({ column, row: 0, stored: true, bytes })

test('tiles with one head come out as if each had been taken apart', () => {
  const copies = new TileCopies(source, false)
  for (const { bytes } of tiles)
    expect(copies.copyOf(tile(bytes ?? Buffer.alloc(0)))?.whole).toEqual(source.jpeg.complete(bytes ?? Buffer.alloc(0)))
})

test('what is copied stays when the memory of the source is used again', () => {
  const copies = new TileCopies({ ...level, jpeg: { rgb: false, complete: (bytes) => bytes } }, false)
  for (const { bytes = Buffer.alloc(0) } of [first, second, third]) {
    const read = Buffer.from(bytes)
    const copy = copies.copyOf(tile(read))
    read.fill(0)
    expect(copy?.whole).toEqual(bytes)
  }
})

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['is cut short', (bytes) => bytes.subarray(0, -30)],
  ['has another size', (bytes) => resized(bytes)],
  ['is overwritten amid its pixels', (bytes) => garbled(bytes)]
])('a tile that %s is no copy, whether it is the first or comes behind good ones', (_, change) => {
  const bad = change(Buffer.from(second.bytes ?? Buffer.alloc(0)))
  expect(new TileCopies(source, false).copyOf(tile(bad))).toBeUndefined()
  const copies = new TileCopies(source, false)
  copies.copyOf(tile(first.bytes ?? Buffer.alloc(0)))
  expect(copies.copyOf(tile(bad))).toBeUndefined()
})

test('a tile with words in it is copied without them, also behind tiles that had none', () => {
  const copies = new TileCopies(source, false)
  copies.copyOf(tile(first.bytes ?? Buffer.alloc(0)))
  const comment = Buffer.from([0xff, 0xfe, 0, 9, ...Buffer.from('SURNAME')])
  const bytes = second.bytes ?? Buffer.alloc(0)
  const worded = Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)])
  expect(copies.copyOf(tile(worded))?.whole).toEqual(source.jpeg.complete(bytes))
  // Its head is no pattern for others: what was cut out is not the same in each.
  const other = Buffer.from(worded)
  other.write('VORNAME', 6, 'latin1')
  expect(copies.copyOf(tile(other))?.whole.includes('VORNAME')).toBe(false)
})

function resized(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  bytes.writeUInt16BE(120, at + 5)
  return bytes
}

function garbled(bytes: Buffer): Buffer {
  const from = bytes.indexOf(Buffer.from([0xff, 0xda])) + 14
  for (let i = from; i < bytes.length - 40; i++) bytes[i] = i % 3 === 0 ? 0xff : 0x41
  return bytes
}
