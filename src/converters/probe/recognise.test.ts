import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { repeatedTileSlide } from '../testing/build-tiff.ts'
import { ForkedChild } from '../testing/forked-child.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { realSlide, videoTools } from '../testing/tools.ts'

const tools = videoTools ?? { ffmpegPath: '/nowhere/ffmpeg', ffprobePath: '/nowhere/ffprobe' }

test.each([
  ['empty.svs', '', 'empty-file', /0 bytes/],
  ['text.svs', 'Specimen A, skin, left arm\n'.repeat(20), 'not-recognised', /plain text/],
  ['page.tif', '<!doctype html><html><body>hello</body></html>', 'not-recognised', /text/],
  ['playlist.mp4', '#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/secret.ts\n', 'not-recognised', /text/],
  ['report.svs', '%PDF-1.7\n1 0 obj\n<<>>\nendobj\n', 'not-recognised', /application\/pdf/],
  [
    'drawing.png',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
    'not-recognised',
    /text|xml/
  ]
])('%s is refused for what is in it', async (name, content, code, message) => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  await writeFile(join(dir.path, name), content)
  const error = await child.probeFailure(join(dir.path, name))
  expect(error).toMatchObject({ code, class: 'input', message: expect.stringMatching(message) })
  expect(error.hint).toBeTruthy()
  expect(error.message).not.toContain(dir.path)
})

test('bytes that are nothing, a folder, and a file that is gone are told apart', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251))
  await writeFile(join(dir.path, 'noise'), noise)
  await mkdir(join(dir.path, 'folder.svs'))
  if (videoTools)
    expect(await child.probeFailure(join(dir.path, 'noise'))).toMatchObject({ code: 'not-recognised', class: 'input' })
  expect(await child.probeFailure(join(dir.path, 'folder.svs'))).toMatchObject({
    code: 'not-recognised',
    class: 'input'
  })
  expect(await child.probeFailure(join(dir.path, 'gone.svs'))).toMatchObject({
    code: 'source-unreadable',
    class: 'input'
  })
})

test('the extension says nothing: kinds are told by content, whatever the name', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const name = `${'é'.repeat(90)} "quoted" 'too' %d 🔬.mp4`
  const slide = join(dir.path, name)
  await writeFile(slide, repeatedTileSlide(1000, 500, { 282: { rational: 20_000 }, 296: [3] }))
  expect(await child.probe(slide)).toEqual({
    kind: 'slide',
    copyable: false,
    levels: 1,
    tileSizePx: 256,
    format: 'BigTIFF',
    widthPx: 1000,
    heightPx: 500,
    mpp: 0.5,
    hasThumbnail: false
  })
  const image = join(dir.path, 'image.svs')
  await sharp({ create: { width: 50, height: 40, channels: 3, background: 'red' } })
    .tiff()
    .toFile(image)
  expect(await child.probe(image)).toMatchObject({ kind: 'image', format: 'TIFF', widthPx: 50, heightPx: 40 })
})

test.skipIf(realSlide === undefined)('a truncated SVS is damaged wherever it was cut', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const whole = await readFile(realSlide ?? '')
  for (const length of [6, 900, 700_000, 1_300_000, 1_930_000]) {
    const path = join(dir.path, `${length}.svs`)
    await writeFile(path, whole.subarray(0, length))
    const error = await child.probeFailure(path)
    expect(error.class).toBe('input')
    if (length > 8) expect(error.code).toBe('damaged')
  }
})

test('a large slide without a pyramid is recognised at once and goes without a thumbnail', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const path = join(dir.path, 'large')
  await writeFile(path, repeatedTileSlide(200_000, 200_000))
  expect(await child.probe(path, join(dir.path, 'thumb'))).toEqual({
    kind: 'slide',
    copyable: false,
    levels: 1,
    tileSizePx: 256,
    format: 'BigTIFF',
    widthPx: 200_000,
    heightPx: 200_000,
    hasThumbnail: false
  })
})

test('a profile for another kind is refused', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const sourcePath = join(dir.path, 'slide')
  await writeFile(sourcePath, repeatedTileSlide(1000, 500))
  const error = await child.failure({ sourcePath, profile: 'h264', output: { type: 'folder', dir: dir.path } })
  expect(error).toMatchObject({
    code: 'wrong-kind',
    class: 'input',
    message: expect.stringContaining('slide (BigTIFF)')
  })
})
