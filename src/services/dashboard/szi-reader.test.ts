import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Zippable, zipSync } from 'fflate'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SziReader, viewerName } from './szi-reader.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-szi-'))
})

afterEach(() => rm(folder, { recursive: true }))

const bytes = (text: string) => new TextEncoder().encode(text)

/** As the converter lays one out, or another program. */
async function archive(name: string, files: Record<string, string>, level: 0 | 6 = 0): Promise<string> {
  const entries: Zippable = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, [bytes(text), { level }]])
  )
  const path = join(folder, name)
  await writeFile(path, zipSync(entries))
  return path
}

const slide = {
  'slide/slide.dzi': '<Image/>',
  'slide/scan-properties.xml': '<xml/>',
  'slide/slide_files/0/0_0.jpeg': 'lowest',
  'slide/slide_files/12/3_4.jpeg': 'tile'
}
const text = async (reading: Promise<Buffer | undefined>) => (await reading)?.toString()

it('reads the description and single tiles, and nothing else', async () => {
  const path = await archive('a.szi', slide)
  const reader = new SziReader()
  expect(await text(reader.read(path, 'slide.dzi'))).toBe('<Image/>')
  expect(await text(reader.read(path, 'slide_files/12/3_4.jpeg'))).toBe('tile')
  for (const name of ['slide_files/12/9_9.jpeg', 'scan-properties.xml', 'slide/slide.dzi', '../a.szi'])
    expect(await reader.read(path, name), name).toBeUndefined()
})

it('reads what other programs packed, whatever folder they put it in', async () => {
  const path = await archive('b.szi', { 'CMU 1.dzi': 'top', 'CMU 1_files/0/0_0.png': 'x'.repeat(5000) }, 6)
  const reader = new SziReader()
  expect(await text(reader.read(path, 'slide.dzi'))).toBe('top')
  expect(await text(reader.read(path, 'slide_files/0/0_0.png'))).toBe('x'.repeat(5000))
})

it('finds every tile of an archive whose directory is larger than what is read at once', async () => {
  const tiles = Array.from({ length: 15_000 }, (_, i) => [
    `slide/slide_files/13/${i % 100}_${Math.floor(i / 100)}.jpeg`,
    String(i)
  ])
  const path = await archive('large.szi', Object.fromEntries(tiles))
  const reader = new SziReader()
  for (const i of [0, 7_777, 14_999])
    expect(await text(reader.read(path, `slide_files/13/${i % 100}_${Math.floor(i / 100)}.jpeg`))).toBe(String(i))
})

it('sees that an archive was replaced', async () => {
  const path = await archive('a.szi', slide)
  const reader = new SziReader()
  await reader.read(path, 'slide.dzi')
  await rename(await archive('new.szi', { ...slide, 'slide/slide.dzi': '<Image new="yes"/>' }), path)
  await utimes(path, 1, 1)
  expect(await text(reader.read(path, 'slide.dzi'))).toBe('<Image new="yes"/>')
})

it('serves many readers of many archives at once, though it remembers a few only', async () => {
  const paths = await Promise.all(
    Array.from({ length: 8 }, (_, i) => archive(`${i}.szi`, { ...slide, 'slide/slide.dzi': `<Image n="${i}"/>` }))
  )
  const reader = new SziReader(2)
  const all = Array.from({ length: 200 }, (_, i) => text(reader.read(paths[i % 8] ?? '', 'slide.dzi')))
  expect(await Promise.all(all)).toEqual(all.map((_, i) => `<Image n="${i % 8}"/>`))
})

it('has nothing to show of a file that is gone, cut off, or no archive', async () => {
  const whole = zipSync({ 'slide/slide.dzi': bytes('<Image/>') })
  const [cut, other] = [join(folder, 'cut.szi'), join(folder, 'other.szi')]
  await writeFile(cut, whole.subarray(0, whole.length - 30))
  await writeFile(other, 'not a zip at all, but long enough to be searched for the end of one')
  const reader = new SziReader()
  for (const path of [cut, other, join(folder, 'gone.szi'), folder])
    expect(await reader.read(path, 'slide.dzi'), path).toBeUndefined()
})

it('shows nothing of an archive whose directory lies about it', async () => {
  const zip = Buffer.from(zipSync({ 'slide/slide.dzi': [bytes('<Image/>'), { level: 0 }] }))
  zip.writeUInt32LE(0, 0)
  const path = join(folder, 'lies.szi')
  await writeFile(path, zip)
  expect(await new SziReader().read(path, 'slide.dzi')).toBeUndefined()
})

it('finds names inside an archive whatever folder it puts them in', () => {
  expect(viewerName('a/b.dzi')).toBe('slide.dzi')
  expect(viewerName('b_files/12/3_4.jpeg')).toBe('slide_files/12/3_4.jpeg')
  expect(viewerName('a/b_files/../x.jpeg')).toBeUndefined()
})
