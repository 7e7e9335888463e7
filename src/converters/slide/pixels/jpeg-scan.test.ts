import sharp from 'sharp'
import { expect, test } from 'vitest'
import { testPicture } from '../testing/memory-slide.ts'
import { edited } from '../testing/tiled-jpeg.ts'
import { scanLooksSound, scanStart } from './jpeg-scan.ts'
import { packed } from './pixel-window.ts'

const raw = { width: 256, height: 256, channels: 3 } as const
const tile = (quality: number) =>
  sharp(packed(testPicture(256, 256)), { raw })
    .jpeg({ quality })
    .toBuffer()

test.each([50, 80, 95, 100])('a tile of quality %i looks sound', async (quality) => {
  expect(scanLooksSound(await tile(quality))).toBe(true)
})

test.each([80, 95])(
  'a twentieth of a tile of quality %i that is overwritten shows, wherever it is',
  async (quality) => {
    const jpeg = await tile(quality)
    const start = scanStart(jpeg) ?? 0
    const part = Math.ceil((jpeg.length - start) / 20)
    for (let from = start; from + 2 * part < jpeg.length; from += part) {
      const damaged = edited(jpeg, (copy) => copy.fill(Buffer.from([0xff, 0x17]), from, from + part))
      expect(scanLooksSound(damaged)).toBe(false)
    }
  }
)
