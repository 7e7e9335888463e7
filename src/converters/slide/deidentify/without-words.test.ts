import sharp from 'sharp'
import { expect, test } from 'vitest'
import { withIcc } from '../color/embed-icc.ts'
import { lutProfile } from '../color/testing/lut-profile.ts'
import { withoutWords } from './without-words.ts'

const word = 'SURNAME^GIVENNAME'
const noisy = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, i) => (Math.imul(i, 48271) >>> 7) & 255))
const picture = () => sharp(noisy, { raw: { width: 64, height: 48, channels: 3 } })
const pixelsOf = (jpeg: Buffer) => sharp(jpeg, { autoOrient: false }).raw().toBuffer()

function segment(code: number, ...body: (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(body.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
  const head = Buffer.from([0xff, code, 0, 0])
  head.writeUInt16BE(bytes.length + 2, 2)
  return Buffer.concat([head, bytes])
}

const insertAt = (jpeg: Buffer, at: number, ...parts: Buffer[]) =>
  Buffer.concat([jpeg.subarray(0, at), ...parts, jpeg.subarray(at)])

test.each([
  ['a comment', segment(0xfe, word)],
  ['XMP', segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', word)],
  ['Photoshop data', segment(0xed, 'Photoshop 3.0\0', word)],
  ["a scanner's own data", segment(0xef, word)],
  ['a thumbnail of JFIF', segment(0xe0, 'JFXX\0', word)],
  ['FlashPix data', segment(0xe2, 'FPXR\0', word)],
  ['what only looks like Adobe', segment(0xee, word)]
])('%s goes, the pixels stay', async (_, extra) => {
  const jpeg = await picture().jpeg().toBuffer()
  expect(withoutWords(insertAt(jpeg, 2, extra, extra)).equals(jpeg)).toBe(true)
})

test('EXIF as a camera writes it goes', async () => {
  const jpeg = await picture()
    .withExif({ IFD0: { Artist: word, Copyright: word } })
    .jpeg()
    .toBuffer()
  expect(jpeg.includes(word)).toBe(true)
  const clean = withoutWords(jpeg)
  expect(clean.includes(word)).toBe(false)
  expect((await sharp(clean).metadata()).exif).toBeUndefined()
  expect((await pixelsOf(clean)).equals(await pixelsOf(jpeg))).toBe(true)
})

test('a comment between the scans of a JPEG that has several goes', async () => {
  const jpeg = await picture().jpeg({ progressive: true }).toBuffer()
  const second = jpeg.indexOf(Buffer.from([0xff, 0xda]), jpeg.indexOf(Buffer.from([0xff, 0xda])) + 2)
  const clean = withoutWords(insertAt(jpeg, second, segment(0xfe, word)))
  expect(clean.equals(jpeg)).toBe(true)
})

test('a JPEG without such segments is handed back as it is: density, profile, colour transform and tables stay', async () => {
  const jpeg = insertAt(
    withIcc(await picture().jpeg().toBuffer(), lutProfile()),
    2,
    segment(0xee, 'Adobe\0\x64\0\0\0\0\0')
  )
  expect(withoutWords(jpeg)).toBe(jpeg)
})

test('what is no JPEG, or one that is cut short, is handed back as it is', async () => {
  const jpeg = insertAt(await picture().jpeg().toBuffer(), 2, segment(0xfe, word)).subarray(0, 12)
  for (const bytes of [Buffer.alloc(0), Buffer.from('II*\0'), jpeg]) expect(withoutWords(bytes)).toBe(bytes)
})
