import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { withZip } from '../output/zip-directory.ts'
import { repeatedTileSlide } from '../testing/build-tiff.ts'
import { ForkedChild } from '../testing/forked-child.ts'
import { meanDifference, psnr } from '../testing/psnr.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { hasProgram, realSlide } from '../testing/tools.ts'
import { deepZoomLayout, pyramid } from './pyramid/geometry.ts'
import { sidecar } from './sidecar.ts'
import { dziNames } from './sinks/dzi/dzi-names.ts'
import { placesOf } from './sinks/tile-names.ts'

// Whole pyramids on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

const onRealSlide = test.skipIf(realSlide === undefined)
const source = realSlide ?? ''

const deepZoom = (widthPx: number, heightPx: number, sizePx: number) =>
  pyramid({ widthPx, heightPx }, { sizePx, overlapPx: 0 }, deepZoomLayout)

/** Puts the tiles of the full-size level together again. */
async function stitch(tiles: string, widthPx: number, heightPx: number, tilePx: number): Promise<Buffer> {
  const { levels } = deepZoom(widthPx, heightPx, tilePx)
  const [full] = levels
  if (!full) throw new Error('no level')
  const parts = Array.from({ length: full.columns * full.rows }, (_, i) => {
    const [column, row] = [i % full.columns, Math.floor(i / full.columns)]
    const input = join(tiles, `${levels.length - 1}/${column}_${row}.jpeg`)
    return { input, left: column * tilePx, top: row * tilePx }
  })
  const canvas = sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#000' } })
  return canvas.composite(parts).removeAlpha().raw().toBuffer()
}

/** What a stored zip holds, in its directory's order; compressed entries fail. */
async function zipList(path: string): Promise<{ path: string; sizeBytes: number }[]> {
  return withZip(path, async (entries) => {
    const list: { path: string; sizeBytes: number }[] = []
    for await (const { name, sizeBytes, stored } of entries) {
      expect(stored).toBe(true)
      list.push({ path: name, sizeBytes })
    }
    return list
  })
}

async function allFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

const grey32 = (input: string | Buffer, page?: number) =>
  sharp(input, page === undefined ? {} : { page })
    .resize(32, 32, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer()

onRealSlide('a real SVS becomes a Deep Zoom folder with the pixels of the slide and nothing of its words', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const result = await child.convert({ sourcePath: source, profile: 'dzi', output: { type: 'folder', dir: dir.path } })
  expect(result.primary).toBe('result.dzi')
  expect((await readdir(dir.path)).sort()).toEqual(['result.dzi', 'result.json', 'result_files'])
  const tiles = await readdir(join(dir.path, 'result_files'), { recursive: true, withFileTypes: true })
  const geometry = deepZoom(2220, 2967, 240)
  expect(tiles.filter((entry) => entry.isFile())).toHaveLength(geometry.tiles)
  const stitched = await stitch(join(dir.path, 'result_files'), 2220, 2967, 240)
  const original = await sharp(source, { page: 0 }).raw().toBuffer()
  expect(psnr(stitched, original)).toBeGreaterThan(40)
  const about = sidecar.parse(JSON.parse(await readFile(join(dir.path, 'result.json'), 'utf8')))
  expect(about).toMatchObject({
    sourceFormat: 'Aperio SVS',
    widthPx: 2220,
    heightPx: 2967,
    mpp: 0.499,
    magnification: 20,
    levels: 13,
    reader: 'tiff',
    tileSizePx: 240,
    tiles: { total: geometry.tiles, copied: 9 * 12, repaired: 0 },
    deidentified: true
  })
  expect(about.removed).toEqual(expect.arrayContaining(['label', 'macro', 'ImageDescription: Filename']))
  expect(result.report).toEqual(about)
  const everything = Buffer.concat(
    await Promise.all((await allFiles(dir.path)).map((path) => readFile(path)))
  ).toString('latin1')
  for (const word of ['CPAPERIOCS', 'b414003d', '12/29/09', 'CMU-1', 'vips-properties', dir.path])
    expect(everything.includes(word)).toBe(false)
  const sizes = await Promise.all((await allFiles(dir.path)).map(async (path) => (await stat(path)).size))
  expect(result.totalBytes).toBe(sizes.reduce((a, b) => a + b, 0))
})

onRealSlide('no tile and no thumbnail resembles the label or the macro', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const thumbnail = join(dir.path, 'thumb.jpg')
  await mkdir(join(dir.path, 'out'))
  expect((await child.probe(source, thumbnail)).hasThumbnail).toBe(true)
  await child.convert({ sourcePath: source, profile: 'dzi', output: { type: 'folder', dir: join(dir.path, 'out') } })
  const glass = await Promise.all([grey32(source, 2), grey32(source, 3)])
  const pictures = [...(await allFiles(join(dir.path, 'out', 'result_files'))), thumbnail]
  expect(pictures.length).toBeGreaterThan(100)
  for (const picture of pictures) {
    const small = await grey32(picture)
    for (const associated of glass) expect(meanDifference(small, associated)).toBeGreaterThan(15)
  }
  // The measure does tell: a smaller copy of the label is close to it.
  const [label] = glass
  const copy = await sharp(source, { page: 2 }).resize(100).jpeg().toBuffer()
  expect(meanDifference(await grey32(copy), label ?? Buffer.alloc(0))).toBeLessThan(5)
})

onRealSlide('a real SVS becomes one SZI that any zip program opens', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const result = await child.convert({ sourcePath: source, profile: 'szi', output: { type: 'folder', dir: dir.path } })
  expect((await readdir(dir.path)).sort()).toEqual(['result.json', 'result.szi'])
  expect(result.files.map(({ path }) => path)).toEqual(['result.json', 'result.szi'])
  const szi = join(dir.path, 'result.szi')
  const names = (await zipList(szi)).map((entry) => entry.path)
  const geometry = deepZoom(2220, 2967, 240)
  const { path: pathOf } = dziNames(geometry, 'slide')
  const tiles = [...placesOf(geometry)].map(({ level, column, row }) => `slide/${pathOf(level, column, row)}`)
  expect(names.sort()).toEqual(['slide/slide.dzi', 'slide/scan-properties.xml', ...tiles].sort())
  const bytes = (await readFile(szi)).toString('latin1')
  expect(bytes).toContain('<name>MicronsPerPixel</name><value>0.499</value>')
  expect(bytes).not.toContain('Aperio')
  if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', szi])
})

test.each([
  ['dzi', ['result.dzi', 'result.json', 'result_files/0/0_0.jpeg']],
  ['szi', ['result.json', 'result.szi']]
])('for another node %s is one stored zip of all files', async (profile, first) => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'slide.tif')
  await writeFile(sourcePath, repeatedTileSlide(1000, 700))
  const path = join(dir.path, 'blob')
  const result = await child.convert({ sourcePath, profile, output: { type: 'blob', path } })
  expect(result.packed).toBe(true)
  const entries = await zipList(path)
  expect(entries.map((entry) => entry.path)).toEqual(expect.arrayContaining(first))
  expect(result.files).toEqual(entries)
  expect((await readdir(dir.path)).sort()).toEqual(['blob', 'slide.tif'])
})

test.each([
  { bigtiff: true, tile: true, compression: 'deflate' as const },
  { bigtiff: false, tile: true, pyramid: true, compression: 'jpeg' as const },
  { bigtiff: true, tile: false, compression: 'lzw' as const }
])('tiled and plain TIFF keep their pixels: %o', async (options) => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'a file with spaces, "quotes" and 🔬.png')
  const [widthPx, heightPx] = [1111, 777]
  const noise = { type: 'gaussian' as const, mean: 150, sigma: 20 }
  const pixels = await sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#fff', noise } })
    .blur(4)
    .png()
    .toBuffer()
  await sharp(pixels)
    .tiff({ ...options, tileWidth: 256, tileHeight: 256, quality: 95, xres: 4000, yres: 4000, resolutionUnit: 'cm' })
    .toFile(sourcePath)
  const result = await child.convert({ sourcePath, profile: 'dzi', output: { type: 'folder', dir: dir.path } })
  expect(result.report).toMatchObject({ mpp: 0.25, widthPx, heightPx, sourceLevels: options.pyramid ? 4 : 1 })
  const stitched = await stitch(join(dir.path, 'result_files'), widthPx, heightPx, 256)
  expect(psnr(stitched, await sharp(sourcePath, { page: 0 }).raw().toBuffer())).toBeGreaterThan(35)
})

test('tile size, overlap and quality are those of the profile', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'slide.tif')
  await writeFile(sourcePath, repeatedTileSlide(1000, 700))
  const options = { tileSizePx: 128, overlapPx: 2, quality: 40 }
  const low = await child.convert({ sourcePath, profile: 'dzi', options, output: { type: 'folder', dir: dir.path } })
  expect(low.report).toMatchObject(options)
  expect(await readFile(join(dir.path, 'result.dzi'), 'utf8')).toContain('Overlap="2" TileSize="128"')
  const high = await child.convert({
    sourcePath,
    profile: 'dzi',
    options: { ...options, quality: 95 },
    output: { type: 'folder', dir: dir.path }
  })
  expect(high.totalBytes).toBeGreaterThan(low.totalBytes * 1.3)
})

test('a picture becomes a slide on request, turned as its EXIF says', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'photo')
  await sharp({ create: { width: 600, height: 300, channels: 4, background: '#00f8' } })
    .png()
    .withMetadata({ orientation: 6 })
    .toFile(sourcePath)
  const result = await child.convert({
    sourcePath,
    kind: 'image',
    profile: 'dzi',
    output: { type: 'folder', dir: dir.path }
  })
  expect(result.report).toMatchObject({ sourceFormat: 'PNG', widthPx: 300, heightPx: 600 })
})

const largeSlide = async (dir: string) => {
  const path = join(dir, 'large.tif')
  await writeFile(path, repeatedTileSlide(60_000, 60_000))
  return path
}

test('a cancelled slide stops, leaves nothing, and the child takes the next request or a new one does', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = await largeSlide(dir.path)
  const out = join(dir.path, 'out')
  const scratchDir = join(dir.path, 'scratch')
  await Promise.all([mkdir(out), mkdir(scratchDir)])
  for (const profile of ['dzi', 'szi']) {
    const wish = child.wish({ sourcePath, profile, scratchDir, output: { type: 'folder', dir: out } })
    const before = child.messages.length
    child.send(wish)
    const isMoving = () =>
      child.messages.slice(before).some((message) => message.type === 'progress' && message.progress.progress > 0)
    await child.until(isMoving)
    child.send({ type: 'cancel', id: wish.id })
    expect(await child.ended(wish.id)).toMatchObject({ type: 'failed', error: { code: 'cancelled' } })
    expect(await readdir(out)).toEqual([])
    const scratch = await allFiles(scratchDir)
    expect(scratch).toEqual([])
  }
  await writeFile(sourcePath, repeatedTileSlide(300, 300))
  expect((await child.convert({ sourcePath, profile: 'dzi', output: { type: 'folder', dir: out } })).primary).toBe(
    'result.dzi'
  )
})

test('after SIGKILL another child starts over in the same folders and leaves no trace of the first', async () => {
  await using dir = await tempDir()
  const sourcePath = await largeSlide(dir.path)
  const out = join(dir.path, 'out')
  const scratchDir = join(dir.path, 'scratch')
  await Promise.all([mkdir(out), mkdir(scratchDir)])
  for (const profile of ['szi', 'dzi']) {
    await using killed = await ForkedChild.start()
    killed.send(killed.wish({ sourcePath, profile, scratchDir, output: { type: 'folder', dir: out } }))
    await killed.until(() =>
      killed.messages.some((message) => message.type === 'progress' && message.progress.progress > 0)
    )
    killed.process.kill('SIGKILL')
    await killed.until(() => false)
    expect([...(await allFiles(out)), ...(await allFiles(scratchDir))].length).toBeGreaterThan(0)
    await writeFile(join(dir.path, 'small.tif'), repeatedTileSlide(600, 300))
    await using next = await ForkedChild.start()
    const result = await next.convert({
      sourcePath: join(dir.path, 'small.tif'),
      profile,
      scratchDir,
      output: { type: 'folder', dir: out }
    })
    expect((await allFiles(out)).length).toBe(profile === 'szi' ? 2 : result.files.length)
  }
})

test('a full disk is the node’s failure, says so, and leaves nothing', async () => {
  await using dir = await tempDir()
  const out = join(dir.path, 'small-disk')
  await mkdir(out)
  if (!mountTmpfs(out)) return
  try {
    await using child = await ForkedChild.start()
    const sourcePath = join(dir.path, 'slide.tif')
    await writeFile(sourcePath, repeatedTileSlide(4000, 4000))
    for (const profile of ['dzi', 'szi']) {
      const error = await child.failure({ sourcePath, profile, output: { type: 'folder', dir: out } })
      expect(error).toMatchObject({ code: 'disk-full', class: 'node' })
      expect(await readdir(out)).toEqual([])
    }
  } finally {
    execFileSync('umount', [out])
  }
})

function mountTmpfs(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch (error) {
    process.stderr.write(
      `the full disk is left out: no tmpfs could be mounted (${error instanceof Error ? error.message : error})\n`
    )
    return false
  }
}
