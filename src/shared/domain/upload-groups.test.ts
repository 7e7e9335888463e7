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

it('sends each of several DICOM series of a folder by itself, its full size first', () => {
  const level = (path: string, uid: string, widthPx: number) => ({
    ...dicom(path),
    series: { uid, isLevel: true, widthPx }
  })
  const label = (path: string, uid: string) => ({ ...dicom(path), series: { uid, isLevel: false, widthPx: 9000 } })
  const twoSlides = (folder: string) => [
    level(`${folder}1.dcm`, 'a', 500),
    level(`${folder}2.dcm`, 'b', 3000),
    level(`${folder}3.dcm`, 'a', 2000),
    label(`${folder}4.dcm`, 'a'),
    level(`${folder}5.dcm`, 'c', 100)
  ]
  const expected = [
    ['3.dcm', '3.dcm', '1.dcm', '4.dcm'],
    ['2.dcm', '2.dcm'],
    ['5.dcm', '5.dcm']
  ]
  expect(grouped(...twoSlides('day/'))).toEqual(expected)
  expect(grouped(...twoSlides(''))).toEqual(expected)
  // One slide, and a label in a series of its own.
  expect(grouped(level('day/1', 'a', 500), level('day/2', 'a', 900), label('day/3', 'b'))).toEqual([
    ['day', 'day/1', 'day/2', 'day/3']
  ])
})
