import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jpegHeader, jpegSegments, jpegSize } from './jpeg-header.ts'

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#a05080' } })

test('size and components are those that were encoded', async () => {
  expect(jpegSize(await picture(240, 17).jpeg().toBuffer())).toMatchObject({
    widthPx: 240,
    heightPx: 17,
    components: 3
  })
  expect(jpegSize(await picture(1, 1).toColourspace('b-w').jpeg().toBuffer())).toMatchObject({
    widthPx: 1,
    components: 1
  })
})

test('a progressive JPEG is told from a baseline one', async () => {
  expect(jpegHeader(await picture(64, 64).jpeg().toBuffer())).toMatchObject({ process: 0, bits: 8 })
  expect(jpegHeader(await picture(64, 64).jpeg({ progressive: true }).toBuffer())).toMatchObject({ process: 2 })
})

test('a profile of several segments in front of the frame is skipped', async () => {
  const jpeg = await picture(30, 20).withMetadata({ icc: 'p3' }).jpeg().toBuffer()
  expect([...jpegSegments(jpeg)].some(({ code }) => code === 0xe2)).toBe(true)
  expect(jpegSize(jpeg)).toMatchObject({ widthPx: 30, heightPx: 20 })
})

test('a JPEG that is cut short has no size, one that is padded to a word has', async () => {
  const jpeg = await picture(300, 200).jpeg().toBuffer()
  expect(jpegSize(jpeg.subarray(0, -1))).toBeUndefined()
  expect(jpegSize(Buffer.concat([jpeg, Buffer.alloc(3)]))).toMatchObject({ widthPx: 300 })
  expect(jpegSize(Buffer.alloc(0))).toBeUndefined()
})

test('any bytes behind SOI give a header or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (rest) => {
      const bytes = Buffer.from([0xff, 0xd8, 0xff, 0xc0, ...rest])
      jpegSize(bytes)
      jpegHeader(bytes)
      jpegHeader(Buffer.from([0xff, 0xd8, ...rest]))
    })
  )
})
