import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tempDir } from '../../../testing/temp-dir.ts'
import { companionParts } from './companion-parts.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
beforeEach(async () => {
  dir = await tempDir()
})
afterEach(() => dir[Symbol.asyncDispose]())

const file = (name: string, text = 'x') => writeFile(join(dir.path, name), text)
const at = (name: string) => join(dir.path, name)
const failure = (name: string) => companionParts(at(name)).catch((error) => error)

describe('an MRXS', () => {
  const slidedat =
    '\ufeff[GENERAL]\r\nSLIDE_ID = 1\r\n[HIERARCHICAL]\r\nINDEXFILE = Index.dat\r\n[DATAFILE]\r\nFILE_COUNT = 2\r\nFILE_0 = Data0000.dat\r\nFILE_1 = Data0001.dat\r\n'
  beforeEach(async () => {
    await file('Doe.mrxs', 'preview')
    await mkdir(at('Doe/more'), { recursive: true })
    for (const name of ['Doe/Index.dat', 'Doe/Data0000.dat', 'Doe/Data0001.dat', 'Doe/more/a.dat']) await file(name)
    await file('Doe/Slidedat.ini', slidedat)
  })

  test('consists of itself and everything in its folder', async () => {
    const parts = await companionParts(at('Doe.mrxs'))
    expect(parts).toEqual([
      { path: 'Doe.mrxs', sizeBytes: 7 },
      { path: 'Doe/Data0000.dat', sizeBytes: 1 },
      { path: 'Doe/Data0001.dat', sizeBytes: 1 },
      { path: 'Doe/Index.dat', sizeBytes: 1 },
      { path: 'Doe/Slidedat.ini', sizeBytes: Buffer.byteLength(slidedat) },
      { path: 'Doe/more/a.dat', sizeBytes: 1 }
    ])
  })

  test('without its folder says so, and not its name', async () => {
    await rm(at('Doe'), { recursive: true })
    const error = await failure('Doe.mrxs')
    expect(error).toMatchObject({ code: 'missing-part', class: 'input' })
    expect(error.message).toBe('A part of the slide is missing: the folder of the same name beside the .mrxs.')
  })

  test('without Slidedat.ini says so', async () => {
    await rm(at('Doe/Slidedat.ini'))
    expect((await failure('Doe.mrxs')).message).toContain('Slidedat.ini in the folder beside the .mrxs')
  })

  test('without some of its data says how many', async () => {
    await rm(at('Doe/Data0001.dat'))
    expect((await failure('Doe.mrxs')).message).toContain('1 of 2 data files named in Slidedat.ini')
    await rm(at('Doe/Index.dat'))
    expect((await failure('Doe.mrxs')).message).toContain('1 of 1 index files named in Slidedat.ini')
  })
})

describe('a VMS', () => {
  const vms =
    '[Virtual Microscope Specimen]\nNoJpegColumns=2\nNoJpegRows=1\nImageFile=Doe.jpg\nImageFile(1,0)=Doe(1,0).jpg\nMapFile=Doe_map.jpg\nOptimisationFile=Doe.opt\nMacroImage=Doe_macro.jpg\n'
  beforeEach(async () => {
    await file('Doe.vms', vms)
    for (const name of ['Doe.jpg', 'Doe(1,0).jpg', 'Doe_map.jpg', 'Doe_macro.jpg', 'Doe.opt', 'other.jpg'])
      await file(name)
  })

  test('consists of the files that it names', async () => {
    const parts = await companionParts(at('Doe.vms'))
    expect(parts?.map(({ path }) => path)).toEqual([
      'Doe.vms',
      'Doe.jpg',
      'Doe(1,0).jpg',
      'Doe_map.jpg',
      'Doe_macro.jpg',
      'Doe.opt'
    ])
  })

  test('is told by its content, and may lack the file that only makes it faster', async () => {
    await rm(at('Doe.opt'))
    await file('renamed', `# comment\n${vms}`)
    expect((await companionParts(at('renamed')))?.map(({ path }) => path)).toHaveLength(5)
  })

  test('without some of its images says how many, and not their names', async () => {
    await rm(at('Doe(1,0).jpg'))
    await rm(at('Doe_map.jpg'))
    const error = await failure('Doe.vms')
    expect(error).toMatchObject({ code: 'missing-part', class: 'input' })
    expect(error.message).toBe('A part of the slide is missing: 2 of 4 image files named in the .vms.')
  })

  test('that names a file by its folder lacks it: no name may lead out', async () => {
    await file('Doe.vms', vms.replace('Doe_map.jpg', `../${basename(dir.path)}/Doe_map.jpg`))
    expect((await failure('Doe.vms')).message).toContain('1 of 4')
  })
})

test('Other files stand alone', async () => {
  await file('a.svs', 'II*\0')
  await file('b.ini', '[Something else]\nImageFile=b.jpg\n')
  expect([await companionParts(at('a.svs')), await companionParts(at('b.ini'))]).toEqual([undefined, undefined])
})
