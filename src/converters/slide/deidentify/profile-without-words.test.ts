import { expect, test } from 'vitest'
import { srgbConverter } from '../color/srgb-converter.ts'
import { lutProfile } from '../color/testing/lut-profile.ts'
import { profileWithoutWords } from './profile-without-words.ts'

const serial = { tag: 'ImageDescription: ScanScope ID', value: 'SS1302' }

test('a serial number in the description of a profile is blotted out, the colours stay', async () => {
  const icc = lutProfile({ description: 'AT2 ss1302 calibrated' })
  const clean = profileWithoutWords(icc, [serial])
  expect(clean.includes('AT2 xxxxxx calibrated')).toBe(true)
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

test('words in two bytes a letter are found as well', () => {
  const name = Buffer.from('mluc\0\0\0\0SS1302', 'utf16le').swap16()
  const icc = lutProfile()
  const at = icc.indexOf('desc\0\0\0\0')
  Buffer.concat([Buffer.from('mluc'), name.subarray(16)]).copy(icc, at)
  expect(profileWithoutWords(icc, [serial]).includes(Buffer.from('SS1302', 'utf16le').swap16())).toBe(false)
})

test('a profile without such words is handed back bit by bit, whatever its tables hold', () => {
  const icc = lutProfile()
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
