import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { foretold } from './snapshot.ts'

const slide = { widthPx: 46_000, heightPx: 32_914, tileSizePx: 256, copyable: true }
const job = (over: object, options = {}) =>
  foretold({
    source: { type: 'file', path: '/a.svs', slide: { ...slide, ...over } },
    profile: parseProfile('dzi', options),
    sizeBytes: 177e6
  })

describe('what is foretold of a job', () => {
  it('is whether its tiles are copied, and the size of its result', () => {
    expect(job({})).toMatchObject({ copied: true })
    expect(job({}).resultBytes).toBeGreaterThan(177e6)
    expect(job({ copyable: false }).copied).toBe(false)
    expect(job({}, { overlapPx: 1 }).copied).toBe(false)
  })

  it('is nothing where nobody looked', () => {
    expect(foretold({ source: { type: 'file', path: '/a' }, profile: parseProfile('webp'), sizeBytes: 1 })).toEqual({})
  })

  it('does not let a job wait for room that only a lying header asks for', () => {
    expect(job({ widthPx: 2 ** 31, heightPx: 2 ** 31, copyable: false }).resultBytes).toBe(20 * 177e6)
  })
})
