import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Probed } from '../../shared/converter-protocol.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { contentHash, type Inspected, Inspector, walk, withoutCompanions } from './index.ts'

let folder: string
let inspector: Inspector
/** What the converter was asked about. */
let probes: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-parts-'))
  probes = []
  inspector = new Inspector({ probe }, folder)
})
afterEach(() => rm(folder, { recursive: true }))

/**
 * Stands for the converter: a DICOM file says its series in its fifth byte after the magic; the first of a series is the main file,
 * and a series of `!` lacks something. An MRXS has the files of its folder.
 */
async function probe(path: string): Promise<Probed> {
  probes.push(path.slice(folder.length + 1))
  const slide = { kind: 'slide', format: 'x', widthPx: 9, heightPx: 5, hasThumbnail: true } as const
  if ((await stat(path)).isDirectory()) return { ...slide, parts: await onlySeries(path) }
  if (path.endsWith('.mrxs')) return { ...slide, parts: await miraxParts(path) }
  const series = await seriesOf(path)
  if (series === undefined) return slide
  const all = await seriesIn(dirname(path))
  return { ...slide, parts: await parts(dirname(path), all.get(series) ?? []) }
}

async function onlySeries(path: string) {
  const all = [...(await seriesIn(path))]
  if (all.some(([series]) => series === '!')) throw problem('missing-part')
  const [only] = all
  if (!only || all.length > 1) throw problem('not-recognised')
  return parts(path, only[1])
}

async function miraxParts(path: string) {
  const data = basename(path, '.mrxs')
  const inside = await readdir(join(dirname(path), data)).catch(() => Promise.reject(problem('missing-part')))
  return parts(dirname(path), [basename(path), ...inside.map((name) => `${data}/${name}`)])
}

const problem = (code: string) => new MicrotomeError({ code, class: 'input', message: 'No.' })
const parts = (dir: string, names: string[]) =>
  Promise.all(names.map(async (path) => ({ path, sizeBytes: (await stat(join(dir, path))).size })))

async function seriesIn(dir: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const series = await seriesOf(join(dir, name))
    if (series !== undefined) found.set(series, [...(found.get(series) ?? []), name])
  }
  return found
}

async function seriesOf(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'latin1').catch(() => '')
  return text.slice(128, 132) === 'DICM' ? text[132] : undefined
}

const dicom = (series: string) => `${'\0'.repeat(128)}DICM${series}`

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

const found = async (path: string) => {
  const sources: string[] = []
  const look = (file: Parameters<Inspector['look']>[0]): Promise<Inspected> => inspector.look(file)
  for await (const file of walk(join(folder, path), undefined, look)) sources.push(file.path.slice(folder.length + 1))
  return sources
}

describe('a dropped folder', () => {
  it('with an MRXS slide and its data folder holds one source', async () => {
    await write({
      'd/case.mrxs': 'x',
      'd/case/Slidedat.ini': '[GENERAL]',
      'd/case/Data0.dat': 'yy',
      'd/other/a.svs': 'z'
    })
    expect(await found('d')).toEqual(['d/case.mrxs', 'd/other/a.svs'])
  })

  it('with a Hamamatsu VMS holds one source, and pictures that it does not list', async () => {
    const vms = '[Virtual Microscope Specimen]\r\nImageFile=é_0.jpg\r\nImageFile(1,0)=é_1.jpg\r\nMapFile=é_map.jpg\r\n'
    await write({ 'd/é_0.jpg': '', 'd/é_1.jpg': '', 'd/é_map.jpg': '', 'd/other.jpg': '' })
    await writeFile(join(folder, 'd', 'slide.vms'), vms)
    expect(await found('d')).toEqual(['d/other.jpg', 'd/slide.vms'])
  })

  it('that is one DICOM series is one source, and what else lies there are others', async () => {
    await write({ 'd/1.2.3': dicom('a'), 'd/2.dcm': dicom('a'), 'd/notes.svs': '', 'd/more/b.svs': '' })
    expect(await found('d')).toEqual(['d', 'd/more/b.svs', 'd/notes.svs'])
  })

  it('with several DICOM series holds one source for each, under the name of its main file', async () => {
    const main = (series: string) => `${dicom(series)} and more pixels`
    await write({ 'd/1.dcm': main('a'), 'd/2.dcm': dicom('b'), 'd/3.dcm': dicom('a'), 'd/4.dcm': main('b') })
    expect(await found('d')).toEqual(['d/1.dcm', 'd/4.dcm'])
    // The folder, and the main file of each.
    expect(probes).toEqual(['d', 'd/1.dcm', 'd/4.dcm'])
  })

  it('whose folders are one DICOM slide together is one source, and each of several slides is one', async () => {
    await write({ 'd/levels/1.dcm': dicom('a'), 'd/label/2.dcm': dicom('a'), 'd/b.svs': '' })
    expect(await found('d')).toEqual(['d', 'd/b.svs'])
    await write({ 'd/label/2.dcm': dicom('b') })
    expect(await found('d')).toEqual(['d/b.svs', 'd/label', 'd/levels'])
  })

  it('with a DICOM series that lacks something is told of once', async () => {
    await write({ 'd/1.dcm': dicom('!'), 'd/2.dcm': dicom('!'), 'd/readme.txt': '' })
    expect(await found('d')).toEqual(['d', 'd/readme.txt'])
  })

  it('of many slides costs no question at all', async () => {
    await write(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d/${i}.svs`, 'x'])))
    expect(await found('d')).toHaveLength(300)
    expect(probes).toEqual([])
  })

  it('that is the data folder of an MRXS slide stands for the slide, or says what is missing', async () => {
    await write({ 'Case.mrxs': 'x', 'Case/Slidedat.ini': '', 'Case/Data0.dat': '' })
    expect(await found('Case')).toEqual(['Case.mrxs'])
    await rename(join(folder, 'Case.mrxs'), join(folder, 'other.mrxs'))
    await expect(found('Case')).rejects.toMatchObject({ code: 'missing-part', class: 'input' })
  })
})

it('a slide that is dropped together with its parts is one source', async () => {
  await write({ 'a.mrxs': '', 'a/Slidedat.ini': '', 'b.jpg': '' })
  const dropped = ['a', 'a.mrxs', 'b.jpg'].map((name) => join(folder, name))
  expect(await withoutCompanions(dropped)).toEqual(dropped.slice(1))
})

it('files of DICOM series that are dropped one by one are one source for each series', async () => {
  await write({ '1.dcm': dicom('a'), '2.dcm': dicom('b'), '3.dcm': `${dicom('a')} main`, '4.dcm': dicom('c') })
  const look = (file: Parameters<Inspector['look']>[0]) => inspector.look(file)
  const paths = (...names: string[]) => names.map((name) => join(folder, name))
  const all = paths('1.dcm', '2.dcm', '3.dcm', '4.dcm')
  expect(await withoutCompanions(all, look)).toEqual(paths('2.dcm', '3.dcm', '4.dcm'))
  probes = []
  expect(await withoutCompanions(paths('1.dcm'), look)).toEqual(paths('1.dcm'))
  expect(probes).toEqual([])
})

describe('a look at a slide of several files', () => {
  const mirax = async () => {
    const path = join(folder, 'a.mrxs')
    const { size, mtimeMs } = await stat(path)
    return { path, name: 'a.mrxs', sizeBytes: size, modifiedAtMs: mtimeMs, insideFolder: false }
  }

  it('sums its parts, and its job finds the same look again', async () => {
    await write({ 'a.mrxs': 'x', 'a/Slidedat.ini': 'yy', 'a/Data0.dat': 'zzz' })
    const seen = await inspector.look(await mirax())
    expect(seen.file).toMatchObject({ sizeBytes: 6, parts: { dir: folder, files: [{ path: 'a.mrxs' }, {}, {}] } })
    expect(await inspector.look(seen.file)).toEqual(seen)
    expect(probes).toEqual(['a.mrxs'])
  })

  it('is repeated after a part changed or went, though the main file stayed as it was', async () => {
    await write({ 'a.mrxs': 'x', 'a/Slidedat.ini': 'yy' })
    const before = await inspector.look(await mirax())
    await write({ 'a/Slidedat.ini': 'yyy' })
    expect((await inspector.look(await mirax())).file.sizeBytes).toBe(4)
    await rm(join(folder, 'a'), { recursive: true })
    expect(await inspector.look(await mirax())).toMatchObject({ error: { code: 'missing-part' } })
    expect(before.file.sizeBytes).toBe(3)
  })

  it('is repeated after a part was missing', async () => {
    await write({ 'a.mrxs': 'x' })
    expect(await inspector.look(await mirax())).toMatchObject({ error: { code: 'missing-part' } })
    await write({ 'a/Slidedat.ini': 'yy' })
    expect((await inspector.look(await mirax())).type).toBe('recognised')
  })
})

describe('the hash for names', () => {
  it('is that of the content: the same under another name, another after a change at either end', async () => {
    const bytes = Buffer.alloc(3 << 20, 7)
    const at = (name: string) => contentHash({ path: join(folder, name) })
    await writeFile(join(folder, 'case 1.svs'), bytes)
    await writeFile(join(folder, 'case 2.svs'), bytes)
    expect(await at('case 1.svs')).toMatch(/^[0-9a-f]{12}$/)
    expect(await at('case 2.svs')).toBe(await at('case 1.svs'))
    bytes[bytes.length - 1] = 8
    await writeFile(join(folder, 'case 2.svs'), bytes)
    expect(await at('case 2.svs')).not.toBe(await at('case 1.svs'))
    await writeFile(join(folder, 'case 2.svs'), bytes.subarray(0, -1))
    expect(await at('case 2.svs')).not.toBe(await at('case 1.svs'))
  })

  it('takes the largest part, since the main file of a slide may be the same for all', async () => {
    await write({ 'a.mrxs': 'same', 'a/Data0.dat': 'one slide', 'b.mrxs': 'same', 'b/Data0.dat': 'another' })
    const hashOf = async (name: string) => {
      const files = await miraxParts(join(folder, `${name}.mrxs`))
      return contentHash({ path: join(folder, `${name}.mrxs`), parts: { dir: folder, files } })
    }
    expect(await hashOf('a')).not.toBe(await hashOf('b'))
  })
})
