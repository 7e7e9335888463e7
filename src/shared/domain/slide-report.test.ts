import { describe, expect, it } from 'vitest'
import { slideSentence } from './slide-report.ts'

const tiles = { total: 12_345, copied: 11_851, encoded: 494, repaired: 0, resumed: 0 }

describe('a slide’s report in a sentence', () => {
  it.each([
    [
      'copied for the most part',
      { tiles, removed: ['label', 'macro'], deidentified: true },
      '96 % of tiles copied, 4 % encoded; label and macro removed'
    ],
    ['all of it copied', { tiles: { ...tiles, encoded: 0 }, removed: [] }, '100 % of tiles copied'],
    [
      'one tile of many encoded',
      { tiles: { total: 9001, copied: 9000, encoded: 1 } },
      'more than 99 % of tiles copied, less than 1 % encoded'
    ],
    [
      'none copied',
      { tiles: { ...tiles, copied: 0 }, color: 'converted to sRGB' },
      'all tiles encoded; colours converted to sRGB'
    ],
    [
      'repaired and resumed',
      { tiles: { ...tiles, repaired: 1, resumed: 4200 }, color: 'kept' },
      '96 % of tiles copied, 4 % encoded, 1 tile repaired, 4,200 taken over from a run that was cut short'
    ],
    [
      'words removed by tag',
      { tiles, removed: ['macro', 'aperio.User', 'aperio.Date', 'aperio.Date'] },
      '96 % of tiles copied, 4 % encoded; macro and 2 identifying entries removed'
    ],
    [
      'one word and two pictures',
      { removed: ['label', 'thumbnail', 'PatientName'] },
      'label, thumbnail and 1 identifying entry removed'
    ],
    [
      'one plane of several',
      { tiles, chosen: 'first of 5 focal planes', removed: ['label'] },
      '96 % of tiles copied, 4 % encoded; first of 5 focal planes; label removed'
    ],
    [
      'not de-identified',
      { tiles, removed: [], deidentified: false },
      '96 % of tiles copied, 4 % encoded; not de-identified'
    ]
  ])('%s', (_case, report, sentence) => expect(slideSentence(report)).toBe(sentence))

  it('says nothing of what is no slide, or of a report of another time', () => {
    expect(slideSentence(undefined)).toBeUndefined()
    expect(slideSentence({ codec: 'h264', tiles: 17 })).toBeUndefined()
  })
})
