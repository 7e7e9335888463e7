import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { realSlide } from '../../testing/tools.ts'
import { lookAt, withLevels } from '../readers/tiff/testing/open-tiff.ts'
import { gridOf } from '../source.ts'
import { testPicture } from '../testing/memory-slide.ts'
import { edited } from '../testing/tiled-jpeg.ts'
import { jpegSegments } from './jpeg-header.ts'
import { packed } from './pixel-window.ts'
import { scanFault } from './scan-fault.ts'

const raw = { width: 100, height: 60, channels: 3 } as const
const picture = () => sharp(packed(testPicture(100, 60)), { raw })
const sound = await picture().jpeg({ quality: 90 }).toBuffer()
const lastSegment = [...jpegSegments(sound)].at(-1)
const scanAt = (lastSegment?.offset ?? 0) + (lastSegment?.lengthBytes ?? 0)

/** Two blocks side by side, each from a JPEG of its own, with a restart marker in between. */
async function twoBlocks(): Promise<Buffer> {
  const block = (background: string) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .toColourspace('b-w')
      .jpeg()
      .toBuffer()
  const [left, right] = await Promise.all([block('#222'), block('#ddd')])
  const [frame, scan] = [left.indexOf(Buffer.from([0xff, 0xc0])), left.indexOf(Buffer.from([0xff, 0xda]))]
  left.writeUInt16BE(16, frame + 7)
  const coded = (jpeg: Buffer) => jpeg.subarray(scan + 10, -2)
  const everyUnit = Buffer.from([0xff, 0xdd, 0, 4, 0, 1])
  const restart = Buffer.from([0xff, 0xff, 0xd0])
  const parts = [left.subarray(0, scan), everyUnit, left.subarray(scan, scan + 10)]
  return Buffer.concat([...parts, coded(left), restart, coded(right), right.subarray(-2)])
}

describe('nothing is wrong with', () => {
  test.each([
    ['colours at full size', () => picture().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    ['colours at half size', () => picture().jpeg({ chromaSubsampling: '4:2:0' }).toBuffer()],
    ['codes made for the picture', () => picture().jpeg({ optimiseCoding: true, quality: 99 }).toBuffer()],
    ['shades of grey', () => picture().toColourspace('b-w').jpeg().toBuffer()],
    ['four inks', () => picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['several scans, which are not looked at', () => picture().jpeg({ progressive: true }).toBuffer()],
    ['restart markers, filled up', twoBlocks],
    ['zeros behind the end', async () => Buffer.concat([sound, Buffer.alloc(2)])]
  ])('%s', async (_, make) => {
    const jpeg = await make()
    expect(scanFault(jpeg)).toBe(undefined)
    await expect(sharp(jpeg, { failOn: 'warning' }).stats()).resolves.toBeTruthy()
  })

  test.skipIf(!realSlide)('any tile of a real slide', async () => {
    await using file = await lookAt(await readFile(realSlide ?? ''))
    await withLevels(file.slide, async ({ levels: [level] }) => {
      if (!level) throw new Error('it has no level')
      for (let row = 0; row < gridOf(level).rows; row++)
        for (const { bytes } of await level.readTiles(row, 0, gridOf(level).columns))
          expect(scanFault(level.jpeg?.complete(bytes ?? Buffer.alloc(0)) ?? Buffer.alloc(0))).toBe(undefined)
    })
  })
})

describe('is found that', () => {
  test.each([
    ['a code is none', (copy: Buffer) => copy.fill(0xfe, scanAt + 100, scanAt + 110), /stands for nothing/],
    ['half of it is nothing', (copy: Buffer) => copy.fill(0, (scanAt + copy.length) >> 1), /end too early/]
  ])('%s', (_, damage, reason) => {
    expect(scanFault(edited(sound, damage))).toMatch(reason)
  })

  test('bytes are left over', () => {
    const more = Buffer.concat([sound.subarray(0, -2), Buffer.from([0x12, 0x34, 0xff, 0x00]), sound.subarray(-2)])
    expect(scanFault(more)).toBe('3 bytes of its coded pixels belong to none')
  })
})
