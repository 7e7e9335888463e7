import { expect, it } from 'vitest'
import type { Recognised } from '../../shared/contract/local.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { estimateWords, scaleWords, tilesInAll } from './slide-words.ts'

const slide: Recognised = {
  path: '/a.svs',
  name: 'a.svs',
  sizeBytes: 1_000_000,
  kind: 'slide',
  format: 'Aperio SVS',
  widthPx: 1000,
  heightPx: 600,
  mpp: 0.49899,
  magnification: 20,
  levels: 3,
  tileSizePx: 256,
  copyable: true
}
const photo: Recognised = { ...slide, path: '/b.jpg', kind: 'image' }

it('says what a slide says of its scale, and nothing where it says nothing', () => {
  expect(scaleWords(slide)).toEqual(['20x', '0.499 µm per pixel', '3 levels'])
  const plane = { ...slide, chosen: 'first of 5 focal planes' }
  expect(scaleWords(plane)).toEqual(['20x', '0.499 µm per pixel', '3 levels', 'first of 5 focal planes'])
  expect(scaleWords({ ...photo, mpp: undefined, magnification: undefined, levels: undefined })).toEqual([])
})

it('foretells levels and tiles of a Deep Zoom pyramid, and whether tiles are copied', () => {
  // 4x3 + 2x2 + 1 + 8 levels of one tile, down to one pixel.
  expect(estimateWords(slide, parseProfile('dzi'))).toMatch(/^Becomes 11 levels, 25 tiles, about .+, tiles copied$/)
  expect(estimateWords(slide, parseProfile('dzi', { overlapPx: 1 }))).toMatch(/tiles encoded$/)
  expect(estimateWords(slide, parseProfile('dzi', { tileSizePx: 512 }))).toMatch(/11 levels, 14 tiles.*tiles encoded$/)
})

it('foretells nothing of a photo or of a slide of unknown size', () => {
  expect(estimateWords(photo, parseProfile('dzi'))).toBeUndefined()
  expect(estimateWords({ ...slide, widthPx: undefined }, parseProfile('dzi'))).toBeUndefined()
  expect(tilesInAll([photo], parseProfile('dzi'))).toBeUndefined()
})

it('adds up the tiles of all slides', () => {
  expect(tilesInAll([slide, photo], parseProfile('dzi'))).toBe('1 slide becomes 25 tiles')
  expect(tilesInAll(Array(80).fill(slide), parseProfile('dzi'))).toBe('80 slides become 2,000 tiles')
})
