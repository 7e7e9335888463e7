import { expect, test } from 'vitest'
import { reportFacts } from './facts.ts'

test('a report becomes lines with units, width and height as one', () => {
  expect(
    reportFacts({
      widthPx: 46920,
      heightPx: 33014,
      mpp: 0.2498,
      totalBytes: 1_040_000,
      durationS: 64.25,
      firstFrameOnly: true
    })
  ).toEqual([
    { label: 'Dimensions', value: '46,920 × 33,014 px' },
    { label: 'Resolution', value: '0.2498 µm per pixel' },
    { label: 'Size on disk', value: '1.04 MB' },
    { label: 'Duration', value: '64.3 s' },
    { label: 'First frame only', value: 'yes' }
  ])
})

test('what a report leaves open is left out', () => {
  expect(reportFacts({ mpp: undefined, magnification: null })).toEqual([])
})
