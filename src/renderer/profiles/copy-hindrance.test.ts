import { expect, it } from 'vitest'
import { profiles } from '../../shared/domain/profiles.ts'
import { copyHindrance } from './copy-hindrance.ts'

const optionsWith = (change: Record<string, unknown>) => profiles.dzi.options.parse(change)

it('has nothing to say of the options that copy', () => {
  expect(copyHindrance(optionsWith({}))).toBeUndefined()
  expect(copyHindrance(optionsWith({ quality: 50, background: '#000000', deidentify: false }))).toBeUndefined()
})

it('names what keeps tiles from being copied', () => {
  expect(copyHindrance(optionsWith({ overlapPx: 1 }))).toMatch(/^With an overlap no tile can be copied/)
  expect(copyHindrance(optionsWith({ color: 'srgb' }))).toMatch(/^Converted colours/)
  expect(copyHindrance(optionsWith({ tileSizePx: 512 }))).toMatch(/are not 512 px wide/)
})
