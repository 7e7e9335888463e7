import { expect, test } from 'vitest'
import { libvips } from './libvips.ts'

test('pixels can be read while they are there, and no longer', async () => {
  const vips = libvips()
  const memory = Buffer.from([1, 2, 3, 4, 5, 6])
  const image = vips.imageOver(memory, 2, 1)
  let kept: Buffer | undefined
  await vips.pixelsOf(image, (pixels) => {
    expect([...pixels]).toEqual([...memory])
    kept = pixels
  })
  vips.release(image)
  expect(kept).toHaveLength(0)
})
