import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DicomWish, syntaxes } from '../../../testing/build-dicom.ts'
import type { Attribute } from '../../../testing/dicom-attributes.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { readDicomSlide } from './index.ts'
import { jpegWish, writeSlide } from './testing/made-slides.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
beforeEach(async () => {
  dir = await tempDir()
})
afterEach(() => dir[Symbol.asyncDispose]())

const attributes: Attribute[] = [
  ['00080005', 'CS', 'ISO_IR 192'],
  ['00080020', 'DA', '20200102'],
  ['00080070', 'LO', 'Maker'],
  ['00080080', 'LO', 'Place'],
  ['00081070', 'PN', 'Öperator'],
  ['00081090', 'LO', 'Model'],
  ['00100010', 'PN', 'Patient^Name'],
  ['00100040', 'CS', 'O'],
  ['00181000', 'LO', 'serial-1'],
  ['00180099', 'LO', 'of no keyword'],
  ['00400512', 'LO', 'container-1'],
  ['22000005', 'LT', 'barcode-1'],
  ['00090010', 'LO', 'PRIVATE MAKER'],
  ['00091001', 'LT', 'a path'],
  ['00091002', 'OB', Buffer.from([1, 2, 3, 255])],
  ['00400560', 'SQ', [[['00400600', 'LO', 'kidney']]]],
  [
    '00480105',
    'SQ',
    [
      [
        ['00282000', 'OB', Buffer.alloc(200, 7)],
        ['00480107', 'ST', 'Transmitted'],
        ['00480112', 'DS', '40']
      ]
    ]
  ]
]

const expected = [
  'DICOM (0008,0020) StudyDate: 20200102',
  'DICOM (0008,0080) InstitutionName: Place',
  'DICOM (0008,1070) OperatorsName: Öperator',
  'DICOM (0010,0010) PatientName: Patient^Name',
  'DICOM (0010,0040) PatientSex: O',
  'DICOM (0018,1000) DeviceSerialNumber: serial-1',
  'DICOM (0040,0512) ContainerIdentifier: container-1',
  'DICOM (2200,0005) BarcodeValue: barcode-1',
  'DICOM (0009,0010) private: PRIVATE MAKER',
  'DICOM (0009,1001) private: a path',
  'DICOM (0009,1002) private: 4 bytes',
  'DICOM (0040,0600) SpecimenShortDescription: kidney',
  'DICOM (0020,000d) StudyInstanceUID: 1.2.3.1'
]

async function wordsOf(wish: DicomWish): Promise<string[]> {
  const slide = await readDicomSlide(await writeSlide(dir.path, 'a.dcm', wish))
  return (slide?.identifying ?? []).map(({ tag, value }) => `${tag}: ${value}`)
}

test('every word that could name somebody is told with its tag, nested and private ones too', async () => {
  for (const delimited of [false, true]) {
    const words = await wordsOf({ ...(await jpegWish({ attributes })), delimited })
    expect(words).toEqual(expect.arrayContaining([...expected, 'DICOM (0018,0099): of no keyword']))
  }
})

test('makers, optics and codes are no names', async () => {
  const words = (await wordsOf(await jpegWish({ attributes }))).join('\n')
  for (const harmless of ['Maker', 'Model', 'Transmitted', '1.2.840.10008'])
    expect(words).not.toMatch(new RegExp(`: ${harmless}`))
})

test('attributes without types are known by their tags', async () => {
  const frames = [Buffer.alloc(64 * 64 * 3)]
  const wish = { syntax: syntaxes.implicit, widthPx: 64, heightPx: 64, tilePx: 64, frames, attributes }
  expect(await wordsOf(wish)).toEqual(expect.arrayContaining(expected))
})

test('words of all files of a series are told once', async () => {
  await writeSlide(dir.path, '1.dcm', await jpegWish({ widthPx: 300, heightPx: 200, attributes }))
  await writeSlide(dir.path, '2.dcm', await jpegWish({ attributes: [...attributes, ['00104000', 'LT', 'more']] }))
  const words = (await readDicomSlide(dir.path))?.identifying ?? []
  expect(words.filter(({ value }) => value === 'Patient^Name')).toHaveLength(1)
  expect(words).toContainEqual({ tag: 'DICOM (0010,4000) PatientComments', value: 'more' })
})

test('profile and magnification come from the optical path', async () => {
  const slide = await readDicomSlide(await writeSlide(dir.path, 'a.dcm', await jpegWish({ attributes })))
  expect(slide?.icc).toEqual(Buffer.alloc(200, 7))
  expect(slide?.properties).toEqual({ mpp: 0.5, mppY: 0.25, magnification: 40 })
})
