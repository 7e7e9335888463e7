import { readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createStaging, stagingDirOf, sweepStaging } from './staging.ts'
import { LabFolder } from './testing/lab-folder.ts'

const id = { owner: 'me', jobId: 'a1', epoch: 3 }
const failing = (code: string) => async () => {
  throw Object.assign(new Error(code), { code })
}

describe('the staging folder', () => {
  it('is hidden, empty and beside the results; the destination is made where missing', async () => {
    const lab = new LabFolder()
    const destination = join(lab.root, 'new', 'ünïcode 🔬 "quoted"')
    const dir = await createStaging(lab.place, destination, id, 0)
    expect([dirname(dir), basename(dir)]).toEqual([destination, '.microtome-me-a1-3'])
    expect(readdirSync(dir)).toEqual([])
  })

  it('is empty even if an earlier try left something', async () => {
    const lab = new LabFolder()
    lab.write({ 'result.dzi': 'half' }, stagingDirOf(lab.destination, id))
    expect(readdirSync(await createStaging(lab.place, lab.destination, id, 0))).toEqual([])
  })

  it('takes what lies in that of an earlier lease, and is empty where that is gone', async () => {
    const lab = new LabFolder()
    const left = stagingDirOf(lab.destination, { ...id, epoch: 2 })
    lab.write({ 'result.dzi': 'half' }, left)
    const dir = await createStaging(lab.place, lab.destination, id, 0, 2)
    expect([readdirSync(dir), readdirSync(lab.destination)]).toEqual([['result.dzi'], [basename(dir)]])
    expect(readdirSync(await createStaging(lab.place, lab.destination, id, 0, 2))).toEqual([])
  })

  it('begins anew where something holds on to that of an earlier lease', async () => {
    const lab = new LabFolder().on('win32', { rename: failing('EPERM') })
    lab.write({ 'result.dzi': 'half' }, stagingDirOf(lab.destination, { ...id, epoch: 2 }))
    const dir = await createStaging(lab.place, lab.destination, id, 0, 2)
    expect([readdirSync(dir), readdirSync(lab.destination)]).toEqual([[], [basename(dir)]])
  })

  it('refuses a destination that is a file', async () => {
    const lab = new LabFolder()
    const destination = join(lab.root, 'file')
    writeFileSync(destination, 'text')
    const expected = { code: 'destination-not-writable', class: 'input', message: expect.stringContaining(destination) }
    await expect(createStaging(lab.place, destination, id, 0)).rejects.toMatchObject(expected)
    await expect(createStaging(lab.place, join(destination, 'below'), id, 0)).rejects.toMatchObject(expected)
  })

  it.each(['EACCES', 'EPERM', 'EROFS', 'ENOENT'])(
    'refuses a destination that can not be written (%s)',
    async (code) => {
      const lab = new LabFolder().on('win32', { mkdir: failing(code) })
      await expect(createStaging(lab.place, lab.destination, id, 0)).rejects.toMatchObject({
        code: 'destination-not-writable',
        class: 'input'
      })
    }
  )

  it('refuses a disk without room, with both figures, and leaves nothing', async () => {
    const lab = new LabFolder()
    await expect(createStaging(lab.place, lab.destination, id, 1e18)).rejects.toMatchObject({
      code: 'disk-full',
      class: 'input',
      message: expect.stringMatching(/about 1,000,000,000,000 MB needed, [\d,]+ MB free/)
    })
    expect(readdirSync(lab.destination)).toEqual([])
  })

  it('takes no id that could lead out of the destination', () => {
    expect(() => stagingDirOf('/results', { ...id, jobId: '../x' })).toThrow(expect.objectContaining({ class: 'bug' }))
  })
})

describe('sweeping', () => {
  it('removes what crashes left of this owner, and nothing of jobs that go on, of other nodes or of users', async () => {
    const lab = new LabFolder()
    const dirs = [id, { ...id, epoch: 4 }, { ...id, jobId: 'b2' }, { ...id, owner: 'other' }]
    for (const one of dirs) lab.write({ 'result.dzi': 'half' }, stagingDirOf(lab.destination, one))
    lab.write({ '.microtome-notes.txt': 'mine' })
    await sweepStaging(lab.place, lab.destination, 'me', () => [{ jobId: 'a1', epoch: 4 }])
    expect(readdirSync(lab.destination).sort()).toEqual(
      ['.microtome-me-a1-4', '.microtome-notes.txt', '.microtome-other-a1-3'].sort()
    )
  })

  it('has nothing to do in a destination that is gone', async () => {
    const lab = new LabFolder()
    await sweepStaging(lab.place, join(lab.root, 'gone'), 'me', () => [])
  })
})
