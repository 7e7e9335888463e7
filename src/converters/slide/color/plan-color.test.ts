import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { iccInTileMaxBytes, withIcc } from './embed-icc.ts'
import { planColor } from './plan-color.ts'
import { lutProfile } from './testing/lut-profile.ts'

const picture = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#a03050' } })
    .jpeg()
    .toBuffer()

test.each([500, 65_519, 65_520, 300_000])('a profile of %i bytes in a JPEG is read back as it was', async (size) => {
  const icc = lutProfile({ paddingBytes: Math.max(0, size - lutProfile().length - 12) })
  const jpeg = await picture()
  const tagged = withIcc(jpeg, icc)
  expect((await sharp(tagged).metadata()).icc?.equals(icc)).toBe(true)
  expect(tagged.subarray(-(jpeg.length - 20)).equals(jpeg.subarray(20))).toBe(true)
})

test('a profile that fits into no JPEG is refused', async () => {
  expect(() => withIcc(Buffer.from([0xff, 0xd8]), Buffer.alloc(17_000_000))).toThrow(RangeError)
})

test('colours are kept with their profile unless sRGB is asked for', async () => {
  const icc = lutProfile()
  expect(await planColor(icc, 'keep', 1)).toEqual({ decision: 'kept', icc, iccInTiles: icc })
})

test('a large profile is kept out of the tiles', async () => {
  const icc = lutProfile({ paddingBytes: iccInTileMaxBytes })
  expect(await planColor(icc, 'keep', 1)).toEqual({ decision: 'kept', icc })
})

test('without a profile there is nothing to convert from', async () => {
  expect(await planColor(undefined, 'srgb', 1)).toEqual({ decision: 'none' })
})

test.each(['keep', 'srgb'] as const)(
  'a damaged profile keeps the colours, and the decision says so (%s)',
  async (wanted) => {
    expect(await planColor(randomBytes(400), wanted, 1)).toEqual({ decision: 'kept: the embedded profile is damaged' })
  }
)

test('a profile whose tables are cut off is found to be damaged where it is needed', async () => {
  const icc = lutProfile().subarray(0, 2000)
  expect(await planColor(icc, 'srgb', 1)).toEqual({ decision: 'kept: the embedded profile is damaged' })
})

test('converted colours need no profile any more', async () => {
  const { converter, ...plan } = await planColor(lutProfile(), 'srgb', 1)
  await converter?.close()
  expect(converter).toBeDefined()
  expect(plan).toEqual({ decision: 'converted to sRGB' })
})
