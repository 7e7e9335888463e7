import { expect, it } from 'vitest'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { otherFormat } from './other-format.ts'

it('keeps what was chosen from one slide format to the next, the overlap only where there can be one', () => {
  const chosen = parseProfile('dzi', { deidentify: false, tileSizePx: 512, overlapPx: 1 })
  expect(otherFormat(chosen, 'szi').options).toMatchObject({ deidentify: false, tileSizePx: 512, overlapPx: 1 })
  expect(otherFormat(chosen, 'iiif3').options).toMatchObject({ deidentify: false, tileSizePx: 512, overlapPx: 0 })
})

it('starts from the defaults of another kind of format', () => {
  expect(otherFormat(parseProfile('webp', { quality: 10 }), 'png')).toEqual(parseProfile('png'))
})
