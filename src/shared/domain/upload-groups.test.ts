import { expect, it } from 'vitest'
import { uploadGroups } from './upload-groups.ts'

const plain = (path: string) => ({ path, sizeBytes: 1, isDicom: false })
const dicom = (path: string) => ({ ...plain(path), isDicom: true })
const grouped = (...files: Parameters<typeof uploadGroups>[0][number][]) =>
  uploadGroups(files).map(({ name, files: members }) => [name, ...members.map(({ path }) => path)])

it('sends an MRXS with the folder of its name, wherever they lay', () => {
  expect(grouped(plain('d/x/Case.MRXS'), plain('d/x/case/Slidedat.ini'), plain('d/x/other/a.svs'))).toEqual([
    ['Case.MRXS', 'Case.MRXS', 'case/Slidedat.ini'],
    ['a.svs', 'a.svs']
  ])
})

it('sends a VMS with the images that it lists and no others', () => {
  const vms = {
    ...plain('d/s.vms'),
    index: '[Virtual Microscope Specimen]\r\nImageFile=s_0.jpg\r\nMapFile=s_map.jpg\r\n'
  }
  expect(grouped(plain('d/s_0.jpg'), vms, plain('d/s_map.jpg'), plain('d/photo.jpg'), plain('s_0.jpg'))).toEqual([
    ['s.vms', 's.vms', 's_0.jpg', 's_map.jpg'],
    ['photo.jpg', 'photo.jpg'],
    ['s_0.jpg', 's_0.jpg']
  ])
})

it('sends the DICOM files of a folder together, under the name of the folder', () => {
  expect(grouped(dicom('a/s1/1'), dicom('a/s1/2'), plain('a/s1/readme.txt'), dicom('a/s2/1'))).toEqual([
    ['s1', 's1/1', 's1/2'],
    ['readme.txt', 'readme.txt'],
    ['1', '1']
  ])
  expect(grouped(dicom('1.dcm'), dicom('2.dcm'))).toEqual([
    ['1.dcm', '1.dcm'],
    ['2.dcm', '2.dcm']
  ])
})
