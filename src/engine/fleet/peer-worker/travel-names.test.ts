import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { travelNames } from './travel-names.ts'

const dir = join('/', 'scans', 'H24-1017')
const lent = (source: string, files: string[]) =>
  travelNames({ sourcePath: join(dir, source), parts: { dir, files: files.map((path) => ({ path, sizeBytes: 1 })) } })

describe('files of a slide travel', () => {
  it('as source.mrxs and source/ where the slide is an MRXS, in whatever case', () => {
    const { main, files } = lent('H24 Doe.MRXS', ['H24 Doe.MRXS', 'h24 doe/Slidedat.ini', 'h24 doe/sub/Data0.dat'])
    expect(main).toBe('source.mrxs')
    expect(files.map(({ name }) => name)).toEqual(['source.mrxs', 'source/Slidedat.ini', 'source/sub/Data0.dat'])
    expect(files[1]?.path).toBe(join(dir, 'h24 doe', 'Slidedat.ini'))
  })

  it('numbered where the slide is a DICOM series, a folder or not', () => {
    expect(lent('.', ['Doe^Jane.dcm', '1.2.840.7'])).toMatchObject({
      main: 'source',
      files: [{ name: 'source/000001.dcm' }, { name: 'source/000002.dcm' }]
    })
    expect(lent('Doe^Jane', ['Doe^Jane', 'b'])).toMatchObject({
      main: 'source/000001.dcm',
      files: [{ name: 'source/000001.dcm' }, { name: 'source/000002.dcm' }]
    })
  })

  it('under their own names where the main file lists them', () => {
    const { main, files } = lent('Doe.vms', ['Doe.vms', 'Doe_0.jpg'])
    expect([main, ...files.map(({ name }) => name)]).toEqual(['source.vms', 'source.vms', 'Doe_0.jpg'])
  })
})
