import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { meanDifference } from '../../testing/psnr.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { hasProgram } from '../../testing/tools.ts'
import { newPixels, type PixelWindow, packed, partOf } from '../pixels/pixel-window.ts'
import { ProfileUnusable, srgbConverter } from './srgb-converter.ts'
import { lutProfile } from './testing/lut-profile.ts'

const vips = hasProgram('vips', '--version')

/** A profile as sharp embeds it: a matrix and curves. */
async function builtIn(name: 'p3' | 'srgb'): Promise<Buffer> {
  const jpeg = await sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } })
    .withIccProfile(name)
    .jpeg()
  const { icc } = await sharp(await jpeg.toBuffer()).metadata()
  if (!icc) throw new Error('sharp embedded no profile')
  return icc
}

function randomPixels(widthPx: number, heightPx: number): PixelWindow {
  return { ...newPixels(widthPx, heightPx), data: randomBytes(widthPx * heightPx * 3) }
}

async function converted(icc: Buffer, pixels: PixelWindow): Promise<Buffer> {
  const converter = await srgbConverter(icc, 2)
  await converter.convert(pixels)
  await converter.close()
  return packed(pixels)
}

/** The same by the vips command: another build of LittleCMS in another process. */
async function byCommand(icc: Buffer, { data, widthPx, heightPx }: PixelWindow, intent: string): Promise<Buffer> {
  await using dir = await tempDir()
  const [raw, profile, image, out, result] = ['in.raw', 'p.icc', 'in.v', 'out.v', 'out.raw'].map((file) =>
    join(dir.path, file)
  ) as [string, string, string, string, string]
  await writeFile(raw, data)
  await writeFile(profile, icc)
  const run = (...args: string[]) => execFileSync('vips', args, { stdio: 'pipe' })
  run('rawload', raw, image, String(widthPx), String(heightPx), '3')
  run('icc_transform', image, out, 'srgb', '--input-profile', profile, '--intent', intent)
  run('rawsave', out, result)
  return await readFile(result)
}

const largestDifference = (a: Buffer, b: Buffer) =>
  a.reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - (b[i] ?? 0))), 0)

for (const [name, profile] of [
  ['a matrix profile', () => builtIn('p3')],
  ['a profile of tables', async () => lutProfile()]
] as const)
  test.skipIf(!vips)(`${name} gives the colours that vips icc_transform gives, relative colorimetric`, async () => {
    const icc = await profile()
    const pixels = randomPixels(301, 203)
    const expected = await byCommand(icc, pixels, 'relative')
    const found = await converted(icc, pixels)
    // Two releases of LittleCMS: they round the darkest values differently.
    expect(largestDifference(found, expected)).toBeLessThanOrEqual(2)
    expect(meanDifference(found, expected)).toBeLessThan(0.1)
  })

test('the relative colorimetric table of a profile is used, not the perceptual one', async () => {
  // The test profile's perceptual table takes half the chroma away: pure red would come out far from saturated.
  const red = newPixels(1, 1)
  red.data.set([255, 0, 0])
  const [r = 0, g = 255, b = 255] = await converted(lutProfile(), red)
  expect(r).toBeGreaterThan(250)
  expect(Math.max(g, b)).toBeLessThan(20)
})

test.skipIf(!vips)('of a profile that has only a perceptual table, that one is used', async () => {
  const icc = lutProfile({ perceptualOnly: true })
  const pixels = randomPixels(64, 64)
  const expected = await byCommand(icc, pixels, 'perceptual')
  const converter = await srgbConverter(icc, 1)
  await converter.convert(pixels)
  await converter.close()
  expect(meanDifference(packed(pixels), expected)).toBeLessThan(0.1)
})

test('a profile of sRGB itself changes nothing', async () => {
  const pixels = randomPixels(64, 64)
  const before = Buffer.from(pixels.data)
  expect(largestDifference(await converted(await builtIn('srgb'), pixels), before)).toBeLessThanOrEqual(1)
})

test('a part of a picture is converted in place, larger than one chunk, and nothing beside it', async () => {
  const icc = await builtIn('p3')
  const whole = randomPixels(1300, 700)
  const before = Buffer.from(whole.data)
  const part = { xPx: 37, yPx: 21, widthPx: 1203, heightPx: 611 }
  const expected = await converted(icc, { ...whole, data: Buffer.from(whole.data) })
  const converter = await srgbConverter(icc, 2)
  await converter.convert(partOf(whole, part.xPx, part.yPx, part.widthPx, part.heightPx))
  await converter.close()
  const wrong: string[] = []
  for (let y = 0; y < whole.heightPx; y++)
    for (let x = 0; x < whole.widthPx; x++) {
      const inside = x >= part.xPx && x < part.xPx + part.widthPx && y >= part.yPx && y < part.yPx + part.heightPx
      const at = (y * whole.widthPx + x) * 3
      if (whole.data.compare(inside ? expected : before, at, at + 3, at, at + 3) !== 0) wrong.push(`${x}, ${y}`)
    }
  expect(wrong).toEqual([])
})

test('calls that overlap each get their own pixels', async () => {
  const icc = lutProfile()
  const windows = [200, 700, 31].map((size) => randomPixels(size, size))
  const expected: Buffer[] = []
  for (const window of windows) expected.push(await converted(icc, { ...window, data: Buffer.from(window.data) }))
  const converter = await srgbConverter(icc, 2)
  await Promise.all(windows.map((window) => converter.convert(window)))
  await converter.close()
  expect(windows.map(({ data }, i) => data.equals(expected[i] ?? Buffer.alloc(0)))).toEqual([true, true, true])
})

test.each([
  ['cut short', async () => (await builtIn('p3')).subarray(0, 200), 'the embedded profile is damaged'],
  ['of noise', async () => randomBytes(500), 'the embedded profile is damaged'],
  ['without its tables', async () => withoutTables(), 'the embedded profile is damaged'],
  ['for CMYK', cmyk, 'the embedded profile is for CMYK, not for RGB']
])('a profile %s is refused with the reason', async (_, profile, reason) => {
  const error: unknown = await srgbConverter(await profile(), 1).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProfileUnusable)
  expect(error).toMatchObject({ reason })
})

function withoutTables(): Buffer {
  const icc = Buffer.from(lutProfile())
  for (const tag of ['A2B0', 'A2B1']) icc.write('none', icc.indexOf(tag), 'latin1')
  return icc
}

async function cmyk(): Promise<Buffer> {
  const jpeg = await sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } })
    .toColourspace('cmyk')
    .withIccProfile('cmyk')
    .jpeg()
  const { icc } = await sharp(await jpeg.toBuffer()).metadata()
  if (!icc) throw new Error('sharp embedded no profile')
  return icc
}
