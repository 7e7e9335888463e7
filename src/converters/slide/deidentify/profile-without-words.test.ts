import sharp from 'sharp'
import { expect, test } from 'vitest'
import { srgbConverter } from '../color/srgb-converter.ts'
import { lutProfile } from '../color/testing/lut-profile.ts'
import { profileWithoutWords } from './profile-without-words.ts'

const serial = { tag: 'ImageDescription: ScanScope ID', value: 'SS1302' }

test('a text that may name somebody is blotted out whether the slide says its words elsewhere or not, the colours stay', async () => {
  const icc = lutProfile({ description: 'AT2 ss1302 calibrated' })
  const clean = profileWithoutWords(icc, [])
  expect(clean.includes('ss1302')).toBe(false)
  expect(clean.includes('x'.repeat(21))).toBe(true)
  expect(clean.subarray(84, 100).every((byte) => byte === 0)).toBe(true)
  expect(clean.length).toBe(icc.length)
  const [one, other] = [Buffer.from([200, 40, 90]), Buffer.from([200, 40, 90])]
  for (const [profile, data] of [
    [icc, one],
    [clean, other]
  ] as const) {
    const converter = await srgbConverter(profile, 1)
    await converter.convert({ data, offset: 0, strideBytes: 3, widthPx: 1, heightPx: 1 })
    await converter.close()
  }
  expect(other.equals(one)).toBe(true)
})

test('a word of the slide is blotted out of a text that stays', () => {
  const icc = lutProfile({ description: 'Leica Display P3' })
  expect(profileWithoutWords(icc, [{ tag: 'Operator', value: 'Leica' }]).includes('xxxxx Display P3')).toBe(true)
})

test('words in two bytes a letter are found as well', () => {
  const name = Buffer.from('mluc\0\0\0\0SS1302', 'utf16le').swap16()
  const icc = lutProfile()
  const at = icc.indexOf('desc\0\0\0\0')
  Buffer.concat([Buffer.from('mluc'), name.subarray(16)]).copy(icc, at)
  expect(profileWithoutWords(icc, [serial]).includes(Buffer.from('SS1302', 'utf16le').swap16())).toBe(false)
})

test('a profile without such words is handed back bit by bit, whatever its tables hold', () => {
  const icc = lutProfile({ description: 'sRGB IEC61966-2.1' })
  const [a = 0, b = 0, c = 0] = icc.subarray(-200)
  const inTable = String.fromCharCode(a, b, c)
  expect(profileWithoutWords(icc, [serial, { tag: 'x', value: 'a' }, { tag: 'y', value: inTable }])).toBe(icc)
})

test('a long word is found in a damaged profile too, whose table does not say where its texts are', () => {
  const icc = lutProfile({ description: 'AT2 SS1302' })
  icc.writeUInt32BE(0, 128)
  expect(profileWithoutWords(icc, [serial]).includes('SS1302')).toBe(false)
})

test.each([0, 100, 131, 140, 200])('a profile that is cut to %i bytes is handed back', (length) => {
  const icc = lutProfile().subarray(0, length)
  expect(profileWithoutWords(icc, [serial])).toBe(icc)
})

test.each([
  'sRGB built-in',
  'Display P3',
  'Adobe RGB (1998)',
  'Copyright (c) 1998 Hewlett-Packard Company',
  'c2ci',
  'Rec. 709'
])('the profile %s is handed back bit by bit', (description) => {
  const icc = lutProfile({ description })
  expect(profileWithoutWords(icc, [])).toBe(icc)
})

test.each(['p3', 'srgb'])('the profile %s of libvips stays as it is', async (name) => {
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  const { icc } = await sharp(await picture.withIccProfile(name).png().toBuffer()).metadata()
  expect(icc && profileWithoutWords(icc, [])).toBe(icc)
})

test('a text of ICC 4 in several languages is blotted out in each', () => {
  const icc = lutProfile()
  const at = icc.indexOf('desc\0\0\0\0')
  const words = ['SURNAME', 'FIRST NAME'].map((word) => Buffer.from(word, 'utf16le').swap16())
  const table = Buffer.alloc(16 + 12 * words.length)
  table.write('mluc', 0, 'latin1')
  table.writeUInt32BE(words.length, 8)
  table.writeUInt32BE(12, 12)
  let offset = table.length
  for (const [i, word] of words.entries()) {
    table.write(i === 0 ? 'deDE' : 'enUS', 16 + 12 * i, 'latin1')
    table.writeUInt32BE(word.length, 20 + 12 * i)
    table.writeUInt32BE(offset, 24 + 12 * i)
    offset += word.length
  }
  Buffer.concat([table, ...words]).copy(icc, at)
  const clean = profileWithoutWords(icc, [])
  for (const word of words) expect(clean.includes(word)).toBe(false)
  expect(clean.subarray(at, at + table.length).equals(table)).toBe(true)
})

test('tags that lie in each other, as compact profiles have them, keep their colours', async () => {
  const icc = lutProfile({ description: 'SURNAME' })
  // The description claims to reach over all that follows it.
  const entry = 132 + 12 * ['desc', 'cprt', 'wtpt'].indexOf('desc')
  icc.writeUInt32BE(icc.length - icc.readUInt32BE(entry + 4), entry + 8)
  const clean = profileWithoutWords(icc, [])
  expect(clean.includes('SURNAME')).toBe(false)
  const converter = await srgbConverter(clean, 1)
  await converter.close()
  const table = icc.readUInt32BE(132 + 12 * 3 + 4)
  expect(clean.subarray(table).equals(icc.subarray(table))).toBe(true)
})
