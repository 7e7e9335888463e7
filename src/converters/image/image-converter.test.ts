import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { ForkedChild } from '../testing/forked-child.ts'
import { psnr } from '../testing/psnr.ts'
import { tempDir } from '../testing/temp-dir.ts'

const patient = 'Doe^Jane 1970-01-01'

/** A smooth picture with words in every place that a photo has for them. */
async function photo(path: string, format: 'jpeg' | 'png' | 'webp' | 'tiff', orientation?: number): Promise<void> {
  const noise = { type: 'gaussian' as const, mean: 120, sigma: 60 }
  const pixels = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#fff', noise } })
    .blur(20)
    .normalise()
    .png()
    .toBuffer()
  await sharp(pixels)
    .toFormat(format, { quality: 95 })
    .withIccProfile('p3')
    .withExif({ IFD0: { ImageDescription: patient, Artist: patient }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${patient}</x:xmpmeta>`)
    .withMetadata(orientation === undefined ? {} : { orientation })
    .toFile(path)
}

test.each([
  ['jpeg', 'webp'],
  ['jpeg', 'jpeg'],
  ['png', 'png'],
  ['tiff', 'jpeg'],
  ['webp', 'png']
] as const)('%s to %s: fitted, its pixels kept, all metadata gone', async (from, profile) => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'Doe Jane 😷.txt')
  await photo(sourcePath, from)
  expect(await child.probe(sourcePath)).toMatchObject({ kind: 'image', widthPx: 900, heightPx: 600 })
  const out = join(dir.path, 'out')
  await mkdir(out)
  const options = { maxWidthPx: 300, maxHeightPx: 300, quality: 95 }
  const result = await child.convert({
    sourcePath,
    kind: 'image',
    profile,
    options,
    output: { type: 'folder', dir: out }
  })
  expect(result).toMatchObject({ primary: `result.${profile}`, packed: false, report: { widthPx: 300, heightPx: 200 } })
  expect(await readdir(out)).toEqual([`result.${profile}`])
  const file = join(out, result.primary)
  const { format, exif, icc, xmp, iptc, depth } = await sharp(file).metadata()
  expect({ format, exif, icc, xmp, iptc, depth }).toEqual({ format: profile, depth: 'uchar' })
  const bytes = (await readFile(file)).toString('latin1')
  expect(bytes.includes(patient)).toBe(false)
  const expected = await sharp(sourcePath).resize(300, 200).toColourspace('srgb').removeAlpha().raw().toBuffer()
  expect(psnr(await sharp(file).removeAlpha().raw().toBuffer(), expected)).toBeGreaterThan(38)
})

test('a photo that lies on its side is put upright, also in its thumbnail', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'a')
  await photo(sourcePath, 'jpeg', 6)
  const thumbnail = join(dir.path, 'thumb')
  expect(await child.probe(sourcePath, thumbnail)).toEqual({
    kind: 'image',
    format: 'JPEG',
    widthPx: 600,
    heightPx: 900,
    hasThumbnail: true
  })
  const small = await sharp(thumbnail).metadata()
  expect([small.format, small.width, small.height, small.exif]).toEqual(['jpeg', 171, 256, undefined])
  const path = join(dir.path, 'blob')
  const result = await child.convert({ sourcePath, kind: 'image', profile: 'webp', output: { type: 'blob', path } })
  expect(result).toMatchObject({
    packed: false,
    files: [{ path: 'result.webp' }],
    report: { widthPx: 600, heightPx: 900 }
  })
  const upright = await sharp(path).metadata()
  expect([upright.width, upright.height, upright.orientation]).toEqual([600, 900, undefined])
})

test('a picture smaller than the box is never enlarged', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'a')
  await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
    .png()
    .toFile(sourcePath)
  const result = await child.convert({
    sourcePath,
    kind: 'image',
    profile: 'webp',
    output: { type: 'folder', dir: dir.path }
  })
  expect(result.report).toMatchObject({ widthPx: 30, heightPx: 20 })
})

test('transparency stays in WebP and PNG and lies on white in JPEG', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'a')
  await sharp({ create: { width: 64, height: 64, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } } })
    .png()
    .toFile(sourcePath)
  for (const [profile, channels] of [
    ['webp', 4],
    ['png', 4],
    ['jpeg', 3]
  ] as const) {
    const path = join(dir.path, profile)
    await child.convert({ sourcePath, kind: 'image', profile, output: { type: 'blob', path } })
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true })
    expect(info.channels).toBe(channels)
    expect(channels === 4 ? data[3] : [...data.subarray(0, 3)]).toEqual(channels === 4 ? 0 : [255, 255, 255])
  }
})

test('PNG stays lossless at every quality, which only sets the effort', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'a')
  const noise = { type: 'gaussian' as const, mean: 120, sigma: 60 }
  await sharp({ create: { width: 200, height: 200, channels: 3, background: '#fff', noise } })
    .png()
    .toFile(sourcePath)
  for (const quality of [1, 100]) {
    const path = join(dir.path, `${quality}`)
    await child.convert({
      sourcePath,
      kind: 'image',
      profile: 'png',
      options: { quality },
      output: { type: 'blob', path }
    })
    expect((await sharp(path).raw().toBuffer()).equals(await sharp(sourcePath).raw().toBuffer())).toBe(true)
  }
})

test('an animation gives its first frame', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'a')
  const frames = Buffer.concat(
    ['#ff0000', '#00ff00'].map((colour) => Buffer.alloc(40 * 40 * 3, Buffer.from(colour.slice(1), 'hex')))
  )
  await sharp(frames, { raw: { width: 40, height: 80, channels: 3, pageHeight: 40 } })
    .gif()
    .toFile(sourcePath)
  const path = join(dir.path, 'blob')
  const result = await child.convert({ sourcePath, kind: 'image', profile: 'png', output: { type: 'blob', path } })
  expect(result.report).toMatchObject({ sourceFormat: 'GIF', sourceFrames: 2, widthPx: 40, heightPx: 40 })
  expect([...(await sharp(path).removeAlpha().raw().toBuffer()).subarray(0, 3)]).toEqual([255, 0, 0])
})

/** A PNG of any size whose pixels are not there: the header is what limits go by. */
function hugePng(widthPx: number, heightPx: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(widthPx, 0)
  header.writeUInt32BE(heightPx, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0))
  ])
}

test('60,000 x 60,000 pixels in a few bytes are refused with both numbers', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'bomb.png')
  await writeFile(sourcePath, hugePng(60_000, 60_000))
  const error = await child.probeFailure(sourcePath)
  expect(error).toMatchObject({ code: 'too-large', class: 'input' })
  expect(error.message).toContain('60,000 x 60,000')
  expect(error.message).toContain('268,402,689')
  expect(
    await child.failure({ sourcePath, kind: 'image', profile: 'webp', output: { type: 'folder', dir: dir.path } })
  ).toEqual(error)
})

test('a truncated JPEG is damaged, and nothing of it is left', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const whole = join(dir.path, 'whole')
  await photo(whole, 'jpeg')
  const bytes = await readFile(whole)
  const sourcePath = join(dir.path, 'truncated.jpg')
  await writeFile(sourcePath, bytes.subarray(0, bytes.length / 2))
  const out = join(dir.path, 'out')
  await mkdir(out)
  const error = await child.failure({
    sourcePath,
    kind: 'image',
    profile: 'webp',
    output: { type: 'folder', dir: out }
  })
  expect(error).toMatchObject({ code: 'damaged', class: 'input' })
  expect(error.message).not.toContain(dir.path)
  expect(await readdir(out)).toEqual([])
})
