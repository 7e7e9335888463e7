import sharp from 'sharp'
import { expect, test } from 'vitest'
import { psnr } from '../../testing/psnr.ts'
import { TileDamaged } from '../source.ts'
import { testPicture } from '../testing/memory-slide.ts'
import { ChildDamaged } from './codec.ts'
import { newPixels, packed } from './pixel-window.ts'
import { SharpCodec } from './sharp-codec.ts'

const codec = new SharpCodec(2)
const tile = testPicture(64, 64)
const picture = sharp(packed(tile), { raw: { width: 64, height: 64, channels: 3 } })

test('more calls than slots all come to their end, with the pixels of their tile', async () => {
  const jpeg = await codec.encode(tile, 95)
  const windows = Array.from({ length: 12 }, () => newPixels(64, 64))
  await Promise.all(windows.map((window) => codec.decode(jpeg, window, 1)))
  for (const { data } of windows) expect(psnr(data, packed(tile))).toBeGreaterThan(38)
})

test.each([
  ['four inks', () => picture.clone().toColourspace('cmyk').jpeg().toBuffer(), 'it has 4 components'],
  ['a PNG', () => picture.clone().png().toBuffer(), 'it is no JPEG'],
  ['another size', () => picture.clone().resize(32, 32).jpeg().toBuffer(), 'it has 32 x 32 pixels']
])('%s is no tile, as for libjpeg-turbo', async (_, make, reason) => {
  const bytes = await make()
  await expect(codec.decode(bytes, newPixels(64, 64), 1)).rejects.toThrow(new TileDamaged(reason))
  const child = { jpeg: bytes, xPx: 0, yPx: 0, widthPx: 64, heightPx: 64 }
  const order = { children: [child], widthPx: 32, heightPx: 32, quality: 90 }
  await expect(codec.reduce(order)).rejects.toThrow(new ChildDamaged(0, reason))
})
