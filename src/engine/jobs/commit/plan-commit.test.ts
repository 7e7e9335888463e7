import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommitJournal } from '../job-store.ts'
import { commit } from './run-commit.ts'
import { LabFolder, pyramid } from './testing/lab-folder.ts'

const finalNames = (journal: CommitJournal) =>
  journal.moves.filter(({ to }) => !to.includes('replaced')).map(({ to }) => basename(to))

describe('final names', () => {
  it('are the name of the source with what follows "result", the main file last', async () => {
    const lab = new LabFolder()
    const journal = await lab.plan(lab.stagePyramid('new'))
    expect(finalNames(journal)).toEqual(['CMU-1.json', 'CMU-1_files', 'CMU-1.dzi'])
    expect(journal.output).toBe(join(lab.destination, 'CMU-1.dzi'))
  })

  it('are those that were chosen instead, made safe, with all of what looks like an ending', async () => {
    const lab = new LabFolder()
    lab.write({ 'lab 3.b_files/readme': 'mine' })
    const result = { ...lab.stagePyramid('new'), resultName: 'lab 3.b' }
    expect(basename((await lab.plan(result)).output)).toBe('lab 3.b (2).dzi')
    const unsafe = { ...lab.stagePyramid('other'), resultName: '../001' }
    expect(basename((await lab.plan(unsafe)).output)).toBe('_001.dzi')
  })

  it('get the same number for all where only one companion exists', async () => {
    const lab = new LabFolder()
    lab.write({ 'CMU-1.json': 'notes', 'CMU-1 (2)_files/readme': 'mine' })
    expect(finalNames(await lab.plan(lab.stagePyramid('new')))).toEqual([
      'CMU-1 (3).json',
      'CMU-1 (3)_files',
      'CMU-1 (3).dzi'
    ])
  })

  it.each([
    ['linux', 'cmu-1.DZI', 'CMU-1.dzi'],
    ['win32', 'cmu-1.DZI', 'CMU-1 (2).dzi'],
    ['darwin', 'cmu-1.DZI', 'CMU-1 (2).dzi']
  ] as const)('on %s beside "%s" become %s', async (platform, existing, expected) => {
    const lab = new LabFolder().on(platform)
    lab.write({ [existing]: 'old' })
    expect(basename((await lab.plan(lab.stage({ 'result.dzi': 'new' }))).output)).toBe(expected)
  })

  it('do not depend on how macOS writes an accent', async () => {
    const lab = new LabFolder().on('darwin')
    lab.write({ 'e\u0301.webp': 'old' })
    const journal = await lab.plan(lab.stage({ 'result.webp': 'new' }, { sourceName: '\u00e9.png' }))
    expect(basename(journal.output)).toBe('\u00e9 (2).webp')
  })

  it('never collide between results of the same name that are put in place at the same time', async () => {
    const lab = new LabFolder()
    const results = Array.from({ length: 12 }, (_, i) => lab.stagePyramid(`mark${i}`))
    await Promise.all(results.map(async (result) => commit(lab.place, await lab.plan(result))))
    expect(readdirSync(lab.destination).filter((name) => name.endsWith('.dzi'))).toHaveLength(12)
    for (const [path, text] of Object.entries(lab.contents()))
      if (path.endsWith('.dzi')) {
        const [mark = ''] = text.split(' ')
        expect(lab.contents()).toMatchObject(pyramid(mark, path.replace(/\.dzi$/, '')))
      }
  })

  it('are free again when the result was given up', async () => {
    const lab = new LabFolder()
    const first = lab.stagePyramid('first')
    await lab.plan(first)
    expect(basename((await lab.plan(lab.stagePyramid('second'))).output)).toBe('CMU-1 (2).dzi')
    lab.reservations.release(first.stagingDir)
    expect(basename((await lab.plan(lab.stagePyramid('third'))).output)).toBe('CMU-1.dzi')
  })

  it('need the main file that the converter named', async () => {
    const lab = new LabFolder()
    await expect(lab.plan(lab.stage({ 'result.json': 'x' }, { primary: 'result.dzi' }))).rejects.toMatchObject({
      code: 'result-missing',
      class: 'bug'
    })
  })
})

describe('replacing', () => {
  const replacing = { onExists: 'replace' } as const

  it('keeps the name', async () => {
    const lab = new LabFolder()
    lab.write(pyramid('old', 'CMU-1'))
    expect(basename((await lab.plan(lab.stagePyramid('new', replacing))).output)).toBe('CMU-1.dzi')
  })

  it('refuses the source itself, by its name, by another name of it, and through a link', async () => {
    const lab = new LabFolder()
    lab.write({ 'photo.jpg': 'the source' })
    const sourcePath = join(lab.destination, 'photo.jpg')
    linkSync(sourcePath, join(lab.destination, 'hard.jpg'))
    symlinkSync(sourcePath, join(lab.destination, 'soft.jpg'))
    for (const sourceName of ['photo.jpg', 'hard.jpg', 'soft.jpg']) {
      const result = lab.stage({ 'result.jpg': 'new' }, { ...replacing, sourceName, sourcePath })
      await expect(lab.plan(result), sourceName).rejects.toMatchObject({ code: 'would-replace-source', class: 'input' })
    }
    expect(lab.contents()['photo.jpg']).toBe('the source')
  })

  it('refuses the source written in other case on Windows, even while it is gone', async () => {
    const lab = new LabFolder().on('win32')
    lab.write({ 'PHOTO.JPG': 'the source' })
    const sourcePath = join(lab.destination, 'Photo.jpg')
    const result = lab.stage({ 'result.jpg': 'new' }, { ...replacing, sourceName: 'photo.jpg', sourcePath })
    await expect(lab.plan(result)).rejects.toMatchObject({ code: 'would-replace-source' })
  })

  it('refuses a folder that holds the source', async () => {
    const lab = new LabFolder()
    lab.write({ 'CMU-1_files/CMU-1.svs': 'the source' })
    const sourcePath = join(lab.destination, 'CMU-1_files', 'CMU-1.svs')
    await expect(lab.plan(lab.stagePyramid('new', { ...replacing, sourcePath }))).rejects.toMatchObject({
      code: 'would-replace-source'
    })
  })

  it('refuses the source of another job', async () => {
    const lab = new LabFolder()
    lab.write({ 'CMU-1.dzi': 'a source' })
    const claimOn = async (path: string) => (path.endsWith('.dzi') ? 'source' : undefined) as 'source' | undefined
    await expect(lab.plan(lab.stagePyramid('new', { ...replacing, claimOn }))).rejects.toMatchObject({
      code: 'would-replace-source'
    })
  })

  it('writes beside a result of the same drop', async () => {
    const lab = new LabFolder()
    lab.write(pyramid('first of this drop', 'CMU-1'))
    const claimOn = async (path: string) => (path.endsWith('.dzi') ? 'output' : undefined) as 'output' | undefined
    const journal = await lab.plan(lab.stagePyramid('second', { ...replacing, claimOn }))
    expect(basename(journal.output)).toBe('CMU-1 (2).dzi')
  })

  it('never takes a folder for a file, nor a file for a folder', async () => {
    const lab = new LabFolder()
    mkdirSync(join(lab.destination, 'CMU-1.dzi'))
    await expect(lab.plan(lab.stagePyramid('new', replacing))).rejects.toMatchObject({ code: 'destination-taken' })
    const other = new LabFolder()
    writeFileSync(join(other.destination, 'CMU-1_files'), 'a file')
    await expect(other.plan(other.stagePyramid('new', replacing))).rejects.toMatchObject({ code: 'destination-taken' })
  })
})
