import { expect, it } from 'vitest'
import { reportFacts } from './report-facts.ts'

it('words what a slide converter reports', () => {
  const report = { sourceFormat: 'Aperio SVS', widthPx: 46_920, heightPx: 33_014, mpp: 0.2498, magnification: 40 }
  expect(reportFacts(report)).toEqual([
    { name: 'Size', value: '46,920 × 33,014 px' },
    { name: 'Source format', value: 'Aperio SVS' },
    { name: 'Resolution', value: '0.2498 µm per pixel' },
    { name: 'Magnification', value: '40x' }
  ])
})

it('reads units from the names of keys it does not know', () => {
  expect(reportFacts({ totalBytes: 12_340_000, encodeMs: 42_000, durationS: 64.2, somethingElse: 7 })).toEqual([
    { name: 'Total', value: '12.3 MB' },
    { name: 'Encode', value: '42 s' },
    { name: 'Length', value: '1:04' },
    { name: 'Something else', value: '7' }
  ])
})

it('words what a slide’s report says in keys of its own', () => {
  const report = {
    schema: 'microtome-slide/2',
    reader: 'tiff',
    tiles: { total: 31_620, copied: 30_000, encoded: 1620, repaired: 0 },
    color: 'converted to sRGB',
    deidentified: false,
    tileFormat: 'jpeg',
    repaired: [{ level: 0, column: 1, row: 2 }]
  }
  expect(reportFacts(report)).toEqual([
    { name: 'Read by', value: 'Microtome’s TIFF reader' },
    { name: 'Tiles', value: '31,620' },
    { name: 'Colours', value: 'converted to sRGB' },
    { name: 'De-identified', value: 'no' }
  ])
  expect(reportFacts({ tileSizePx: 'source', deidentify: true })).toEqual([
    { name: 'Tile size', value: 'as the slide has it' },
    { name: 'De-identify', value: 'yes' }
  ])
})

it('leaves out what people cannot read in a line', () => {
  expect(reportFacts({ nested: { a: 1 }, list: [1], none: null })).toEqual([])
  expect(reportFacts(undefined)).toEqual([])
})
