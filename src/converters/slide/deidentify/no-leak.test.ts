import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Converted } from '../../../shared/converter-protocol.ts'
import { openSource, recognise } from '../../probe/recognise.ts'
import { ForkedChild } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { realDicom, realSlide } from '../../testing/tools.ts'
import { sidecar } from '../sidecar.ts'
import { findWords, wordsToFind } from './testing/find-words.ts'
import { patientWords, slideOfWords } from './testing/slide-of-words.ts'

const context = { tools: { threads: 1 }, signal: new AbortController().signal, log: () => {} }
const names = ['dzi', 'szi', 'bigtiff', 'iiif3', 'zoomify'] as const

let child: ForkedChild
beforeAll(async () => {
  child = await ForkedChild.start()
})
afterAll(() => child[Symbol.asyncDispose]())

/** Converts a slide whose very name and folder are words of the patient, and looks at everything that comes out. */
async function convert(dir: string, profile: string, options: Record<string, unknown> = {}) {
  const source = join(dir, 'SURNAME GIVENNAME', 'CASE-0001.svs')
  const result = join(dir, 'result')
  await mkdir(join(dir, 'SURNAME GIVENNAME'))
  await mkdir(result)
  await mkdir(join(dir, 'scratch'))
  await writeFile(source, await slideOfWords())
  const converted = await child.convert({
    sourcePath: source,
    profile,
    options,
    output: { type: 'folder', dir: result },
    scratchDir: join(dir, 'scratch')
  })
  return { result, converted }
}

const sidecarIn = async (dir: string) => sidecar.parse(JSON.parse(await readFile(join(dir, 'result.json'), 'utf8')))

/** What the engine and the window are told: everything but what is logged for debugging. */
const told = () => child.messages.filter((message) => message.type !== 'log' || message.level !== 'debug')

async function expectNoWords(words: readonly string[], result: string, converted: Converted) {
  expect(await findWords(words, result)).toEqual([])
  const messages = JSON.stringify([converted, told()])
  expect(words.filter((word) => messages.includes(word))).toEqual([])
  expect((await readdir(result)).filter((name) => /label|macro|thumbnail/.test(name))).toEqual([])
}

test.each(names)(
  'no word of a patient is in anything that %s writes, and the report lists what was removed',
  async (profile) => {
    await using dir = await tempDir()
    const { result, converted } = await convert(dir.path, profile)
    await expectNoWords(patientWords, result, converted)
    expect(converted.report).toMatchObject({ deidentified: true })
    const { removed, tiles } = await sidecarIn(result)
    expect(tiles.copied).toBeGreaterThan(0)
    const pictures = ['label', 'macro', 'thumbnail']
    const tags = ['ImageDescription: Filename', 'ImageDescription: ScanScope ID', 'Artist', 'DateTime', 'XMP']
    expect(removed).toEqual(expect.arrayContaining([...pictures, ...tags]))
  }
)

test.each([
  ['other tiles', { tileSizePx: 256, overlapPx: 1 }],
  ['colours converted', { color: 'srgb' }]
])('nor where tiles are encoded: %s', async (_, options) => {
  await using dir = await tempDir()
  const { result, converted } = await convert(dir.path, 'dzi', options)
  await expectNoWords(patientWords, result, converted)
})

test.each(['dzi', 'szi', 'bigtiff'])('nor in the one file as which %s travels to another computer', async (profile) => {
  await using dir = await tempDir()
  const [source, blobs, scratchDir] = [join(dir.path, 'CASE-0001.svs'), join(dir.path, 'blobs'), join(dir.path, 's')]
  await Promise.all([mkdir(blobs), mkdir(scratchDir), writeFile(source, await slideOfWords())])
  const output = { type: 'blob' as const, path: join(blobs, 'a') }
  const converted = await child.convert({ sourcePath: source, profile, output, scratchDir })
  await expectNoWords(patientWords, blobs, converted)
})

const realSlides = [
  ['the real SVS', realSlide],
  ['the real DICOM slide', realDicom]
] as const

for (const [which, path] of realSlides)
  test.each(names)(`nor of ${which} as %s`, { skip: !path, timeout: 60_000 }, async (profile) => {
    await using dir = await tempDir()
    await using scratch = await tempDir()
    const source = path ?? ''
    const content = await recognise(await openSource(source), context)
    if (content.kind !== 'slide') throw new Error(`a ${content.kind}`)
    const words = [...wordsToFind(content.identifying), basename(source, extname(source))]
    const output = { type: 'folder' as const, dir: dir.path }
    const converted = await child.convert({ sourcePath: source, profile, output, scratchDir: scratch.path })
    expect(words.length).toBeGreaterThan(3)
    await expectNoWords(words, dir.path, converted)
  })

test('nor of a photo with EXIF that becomes a slide', async () => {
  await using dir = await tempDir()
  const source = join(dir.path, 'CASE-0001.jpeg')
  const exif = { Artist: 'tech-7-user', ImageDescription: 'SURNAME GIVENNAME', DateTime: '2024:03:05 09:59:15' }
  await sharp({ create: { width: 900, height: 700, channels: 3, background: '#805030' } })
    .withExif({ IFD0: exif })
    .toFile(source)
  const output = { type: 'folder' as const, dir: join(dir.path, 'result') }
  const scratchDir = join(dir.path, 'scratch')
  await mkdir(scratchDir)
  const converted = await child.convert({ sourcePath: source, profile: 'dzi', output, scratchDir })
  await expectNoWords(patientWords, output.dir, converted)
})

test.each(['dzi', 'szi'])(
  'where de-identification is off, %s keeps label, macro and words beside the tiles',
  async (profile) => {
    await using dir = await tempDir()
    const { result, converted } = await convert(dir.path, profile, { deidentify: 'false' })
    for (const [name, widthPx] of [
      ['label', 320],
      ['macro', 640],
      ['thumbnail', 256]
    ] as const)
      expect((await sharp(join(result, `result_${name}.jpeg`)).metadata()).width).toBe(widthPx)
    const { deidentified, identifying, removed } = await sidecarIn(result)
    expect({ deidentified, removed }).toEqual({ deidentified: false, removed: [] })
    expect(identifying).toContainEqual({ tag: 'ImageDescription: User', value: 'tech-7-user' })
    expect(converted.report).toMatchObject({ deidentified: false })
  }
)

test('an szi never holds the label, whatever was asked for', async () => {
  await using dir = await tempDir()
  const { result } = await convert(dir.path, 'szi', { deidentify: 'false' })
  const archive = await readFile(join(result, 'result.szi'))
  expect(archive.includes('result.dzi') || archive.includes('.dzi')).toBe(true)
  expect(archive.includes('label')).toBe(false)
  const label = await readFile(join(result, 'result_label.jpeg'))
  expect(archive.includes(label.subarray(label.length - 64))).toBe(false)
})
