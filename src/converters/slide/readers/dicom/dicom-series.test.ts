import { writeFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSource, recognise } from '../../../probe/recognise.ts'
import type { DicomWish } from '../../../testing/build-dicom.ts'
import type { Attribute } from '../../../testing/dicom-attributes.ts'
import { psnr } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { findDicomSeries, readDicomSlide } from './index.ts'
import { jpegWish, picture, pixelsOf, withSlide, writeSlide } from './testing/made-slides.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
beforeEach(async () => {
  dir = await tempDir()
})
afterEach(() => dir[Symbol.asyncDispose]())

const write = (name: string, wish: DicomWish) => writeSlide(dir.path, name, wish)
const failure = (path = dir.path) => readDicomSlide(path).catch((error) => error)
const ofSeries = (uid: string): Attribute => ['0020000e', 'UI', uid]

async function level(name: string, widthPx: number, heightPx: number, attributes: Attribute[] = []): Promise<string> {
  const imageType = widthPx < 300 ? 'DERIVED\\PRIMARY\\VOLUME\\RESAMPLED' : 'DERIVED\\PRIMARY\\VOLUME\\NONE'
  return write(name, await jpegWish({ widthPx, heightPx, imageType, attributes }))
}

async function beside(name: string, kind: string, attributes: Attribute[] = []): Promise<string> {
  return write(
    name,
    await jpegWish({ widthPx: 40, heightPx: 64, imageType: `ORIGINAL\\PRIMARY\\${kind}\\NONE`, attributes })
  )
}

describe('a folder of one series', () => {
  test('is a slide of levels, with label and overview beside it', async () => {
    await level('1.dcm', 75, 50)
    await level('2.dcm', 300, 200)
    await level('3.dcm', 150, 100)
    await beside('4.dcm', 'LABEL')
    await beside('5.dcm', 'OVERVIEW')
    await writeFile(join(dir.path, 'notes.txt'), 'no DICOM')
    const slide = await readDicomSlide(dir.path)
    expect(slide?.levels).toEqual([
      { widthPx: 300, heightPx: 200 },
      { widthPx: 150, heightPx: 100 },
      { widthPx: 75, heightPx: 50 }
    ])
    expect(slide?.associated.map(({ name }) => name)).toEqual(['label', 'macro'])
    expect(slide?.parts?.map(({ path }) => path)).toEqual(['2.dcm', '3.dcm', '1.dcm', '4.dcm', '5.dcm'])
    expect(slide?.properties).toEqual({ mpp: 0.5, mppY: 0.25 })
    expect(await sharp(await slide?.associated[0]?.toJpeg()).metadata()).toMatchObject({ width: 40, height: 64 })
    await withSlide(dir.path, async ({ levels }) => {
      expect(psnr((await pixelsOf(levels[0])).data, picture(300, 200).data)).toBeGreaterThan(30)
      expect(psnr((await pixelsOf(levels[2])).data, picture(75, 50).data)).toBeGreaterThan(30)
    })
  })

  test('may lie in folders below', async () => {
    await mkdir(join(dir.path, 'study/series'), { recursive: true })
    await level('study/series/a.dcm', 300, 200)
    expect((await readDicomSlide(dir.path))?.parts?.map(({ path }) => path)).toEqual(['study/series/a.dcm'])
  })

  test('has its label from a series of its own, if it is of the same study', async () => {
    await level('1.dcm', 300, 200)
    await beside('2.dcm', 'LABEL', [ofSeries('1.2.9')])
    await beside('3.dcm', 'OVERVIEW', [ofSeries('1.2.8'), ['0020000d', 'UI', '1.2.7']])
    expect((await readDicomSlide(dir.path))?.associated.map(({ name }) => name)).toEqual(['label'])
  })

  test('without its full size says so, and nothing of the slide', async () => {
    await level('1.dcm', 150, 100)
    await level('2.dcm', 75, 50)
    expect(await failure()).toMatchObject({
      code: 'missing-part',
      class: 'input',
      message: 'The DICOM series lacks the full size: all levels that are here were made smaller from another file.'
    })
  })

  test('of nothing but the label says so', async () => {
    await beside('1.dcm', 'LABEL')
    expect(await failure()).toMatchObject({ code: 'missing-part' })
    expect(await failure(join(dir.path, '1.dcm'))).toMatchObject({
      code: 'missing-part',
      message: 'The DICOM series lacks the slide itself: this file is its label.'
    })
  })

  test('of one smaller version alone is taken for what it is', async () => {
    await level('1.dcm', 150, 100)
    expect(await readDicomSlide(dir.path)).toMatchObject({ widthPx: 150, heightPx: 100 })
  })

  test('uses one of several files of a size, and leaves out what has other proportions', async () => {
    const log: string[] = []
    await level('1.dcm', 300, 200)
    await level('2.dcm', 300, 200)
    await level('3.dcm', 100, 100)
    const slide = await readDicomSlide(dir.path, (_, message) => log.push(message))
    expect(slide?.levels).toEqual([{ widthPx: 300, heightPx: 200 }])
    expect(slide?.chosen).toBe('one of 2 files of its size')
    expect(log).toEqual([
      'A level of 300 x 200 pixels is left out: another one of that size is used (of several focal planes or optical paths, the first).',
      'A level of 100 x 100 pixels is left out: it does not have the proportions of the slide.',
      'Of its pictures one is converted: one of 2 files of its size.'
    ])
  })

  test('in a folder of more files than are looked at is refused with the number', async () => {
    await level('1.dcm', 300, 200)
    const names = Array.from({ length: 5000 }, (_, i) => join(dir.path, `${i}.txt`))
    for (const name of names) writeFileSync(name, '')
    await expect(readDicomSlide(dir.path)).rejects.toMatchObject({
      code: 'not-recognised',
      class: 'input',
      message: expect.stringContaining('more than 5000 files')
    })
    const log: string[] = []
    const alone = await readDicomSlide(join(dir.path, '1.dcm'), (_, message) => log.push(message))
    expect(alone?.levels).toHaveLength(1)
    expect(log).toEqual(['Smaller levels are not looked for beside it: its folder holds more than 1000 files.'])
  })
})

describe('a level in several files', () => {
  const part = (number: number, firstFrame: number, parts: number): Attribute[] => [
    ['00209161', 'UI', '1.2.3.5'],
    ['00209162', 'US', number],
    ['00209163', 'US', parts],
    ['00209228', 'UL', firstFrame]
  ]

  async function inTwo() {
    const wish = await jpegWish()
    await write('b.dcm', { ...wish, frames: wish.frames.slice(4), attributes: part(2, 4, 2) })
    await write('c.dcm', { ...wish, frames: wish.frames.slice(0, 4), attributes: part(1, 0, 2) })
  }

  test('is put together', async () => {
    await inTwo()
    for (const path of [dir.path, join(dir.path, 'b.dcm'), join(dir.path, 'c.dcm')])
      await withSlide(path, async ({ levels }) => {
        expect(levels).toHaveLength(1)
        expect(psnr((await pixelsOf(levels[0])).data, picture(150, 100).data)).toBeGreaterThan(30)
      })
    expect((await readDicomSlide(join(dir.path, 'b.dcm')))?.parts?.map(({ path }) => path)).toEqual(['b.dcm', 'c.dcm'])
  })

  test('without one of them names it', async () => {
    await inTwo()
    await rm(join(dir.path, 'b.dcm'))
    const message = 'The DICOM series lacks part 2 of 2 of the level of 150 x 100 pixels.'
    expect(await failure()).toMatchObject({ code: 'missing-part', class: 'input', message })
    expect(await failure(join(dir.path, 'c.dcm'))).toMatchObject({ code: 'missing-part', message })
  })
})

test('a folder of several series is none, and each can be offered', async () => {
  await level('1.dcm', 300, 200)
  await level('2.dcm', 150, 100)
  await level('3.dcm', 320, 200, [ofSeries('1.2.9')])
  expect(await readDicomSlide(dir.path)).toBeUndefined()
  const series = await findDicomSeries(dir.path)
  expect(series.map(({ parts }) => parts.map(({ path }) => path))).toEqual([['1.dcm', '2.dcm'], ['3.dcm']])
  expect(await readDicomSlide(join(dir.path, '3.dcm'))).toMatchObject({ widthPx: 320, heightPx: 200 })
})

describe('a file of a series', () => {
  const partsOf = async (name: string) => (await readDicomSlide(join(dir.path, name)))?.parts?.map(({ path }) => path)

  test('stands for the whole series where it is its full level, whatever else lies there', async () => {
    await level('1.dcm', 150, 100)
    await level('2.dcm', 300, 200)
    await beside('3.dcm', 'LABEL')
    await level('4.dcm', 320, 200, [ofSeries('1.2.9')])
    await level('5.dcm', 75, 50, [['00200052', 'UI', '1.2.77']])
    await writeFile(join(dir.path, '6.dcm'), 'no DICOM')
    expect(await partsOf('2.dcm')).toEqual(['2.dcm', '1.dcm', '3.dcm'])
    expect((await readDicomSlide(join(dir.path, '2.dcm')))?.levels).toHaveLength(2)
    expect(await partsOf('4.dcm')).toBeUndefined()
  })

  test('stands for itself where a larger level lies beside it', async () => {
    await level('1.dcm', 150, 100)
    await level('2.dcm', 300, 200)
    await level('3.dcm', 75, 50)
    expect(await readDicomSlide(join(dir.path, '1.dcm'))).toMatchObject({ widthPx: 150, levels: [{ widthPx: 150 }] })
    expect(await partsOf('1.dcm')).toBeUndefined()
  })

  test('is not mistaken for another version of its size', async () => {
    await level('1.dcm', 300, 200)
    await level('2.dcm', 300, 200)
    expect(await partsOf('1.dcm')).toBeUndefined()
    expect(await partsOf('2.dcm')).toBeUndefined()
  })
})

test('a drop of such a folder is answered with what to do', async () => {
  await level('1.dcm', 300, 200)
  await level('2.dcm', 320, 200, [ofSeries('1.2.9')])
  const context = { tools: { threads: 1 }, signal: new AbortController().signal, log: () => {} }
  const answer = openSource(dir.path).then((source) => recognise(source, context))
  await expect(answer).rejects.toMatchObject({
    code: 'not-recognised',
    class: 'input',
    message: 'The folder holds 2 DICOM slides.'
  })
})

test('a folder without slides, and a file that is no DICOM, are none', async () => {
  const path = join(dir.path, 'a.txt')
  await writeFile(path, 'no DICOM')
  expect(await readDicomSlide(dir.path)).toBeUndefined()
  expect(await readDicomSlide(path)).toBeUndefined()
})
