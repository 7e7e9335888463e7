import { expect, it } from 'vitest'
import { toUploads } from './dropped-file.ts'

const dicom = `${'\0'.repeat(128)}DICMrest`
const dropped = (path: string, content = path) => ({
  path,
  file: new File([content], path.slice(path.lastIndexOf('/') + 1))
})

it('sends a slide and the folder of its name as one stream, the main file first', async () => {
  const files = [
    dropped('day/a/Slidedat.ini'),
    dropped('day/b.svs'),
    dropped('day/a.mrxs', 'main'),
    dropped('day/a/D.dat')
  ]
  const [slide, other, ...rest] = await toUploads(files)
  expect(slide?.file.name).toBe('a.mrxs')
  expect(slide?.parts).toEqual([
    { path: 'a.mrxs', sizeBytes: 4 },
    { path: 'a/Slidedat.ini', sizeBytes: 18 },
    { path: 'a/D.dat', sizeBytes: 11 }
  ])
  expect(await slide?.file.text()).toBe('mainday/a/Slidedat.iniday/a/D.dat')
  expect(other).toEqual({ file: files[1]?.file })
  expect(rest).toEqual([])
})

it('sends the DICOM files of a folder as one, by what they say and not by what they are called', async () => {
  const names = ['case 1/1.2.840.1', 'case 1/1.2.840.2', 'case 1/IMG', 'case 1/LEVEL.DCM']
  const files = [
    ...names.map((name) => dropped(name, dicom)),
    dropped('case 1/text', 'no'),
    dropped('case 1/a.dcm', 'no')
  ]
  const [series, ...others] = await toUploads(files)
  expect(series?.file.name).toBe('case 1')
  expect(series?.parts?.map(({ path }) => path)).toEqual(names)
  expect(others.map(({ file }) => file.name)).toEqual(['text', 'a.dcm'])
})

it('leaves every other file alone', async () => {
  const alone = await toUploads([dropped('a.svs'), dropped('b.jpg'), dropped('c.mrxs')])
  expect(alone.map(({ file }) => file.name).sort()).toEqual(['a.svs', 'b.jpg', 'c.mrxs'])
  expect(alone.every(({ parts }) => parts === undefined)).toBe(true)
})
