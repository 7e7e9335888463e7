import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { estimateBytes, estimateSeconds } from './estimate.ts'

const slide = { kind: 'slide', sizeBytes: 200e6, widthPx: 20_000, heightPx: 10_000 } as const
const photo = { kind: 'image', sizeBytes: 4e6, widthPx: 4096, heightPx: 2048 } as const
const film = { kind: 'video', sizeBytes: 900e6, durationS: 60 } as const

describe('the room that a result takes', () => {
  it('of a slide goes by its pixels, else by its size', () => {
    const encoded = estimateBytes(slide, parseProfile('dzi'))
    expect(encoded).toBeGreaterThan(40e6)
    expect(encoded).toBeLessThan(90e6)
    // Its tiles as they are, and lower levels beside them.
    const copied = estimateBytes({ ...slide, tileSizePx: 240, copyable: true }, parseProfile('dzi'))
    expect(copied).toBeGreaterThan(200e6)
    expect(copied).toBeLessThan(230e6)
    expect(estimateBytes({ kind: 'slide', sizeBytes: 5e6 }, parseProfile('szi'))).toBe(5e6)
  })

  it('of a photo goes by the box that it is fitted into, and it is never enlarged', () => {
    expect(estimateBytes(photo, parseProfile('webp'))).toBeCloseTo(1024 * 512 * 0.12)
    expect(estimateBytes({ ...photo, widthPx: 100, heightPx: 50 }, parseProfile('jpeg'))).toBeCloseTo(5000 * 0.25)
    expect(estimateBytes({ kind: 'image', sizeBytes: 100 }, parseProfile('png'))).toBe(200)
  })

  it('of a film goes by how long it plays', () => {
    expect(estimateBytes(film, parseProfile('h264'))).toBe(30e6)
    expect(estimateBytes({ kind: 'video', sizeBytes: 7 }, parseProfile('h264'))).toBe(7)
  })
})

describe('the time until all is done', () => {
  it('adds up what each file takes at the lab’s rate', () => {
    const rates = { dzi: 50e6, webp: 2e6 } as Record<string, number>
    const profiles = { slide: parseProfile('dzi'), image: parseProfile('webp') }
    expect(estimateSeconds([slide, photo, film], profiles, (name) => rates[name])).toBe(6)
  })

  it('goes by another rate where tiles are only copied', () => {
    const copyable = { ...slide, tileSizePx: 240, copyable: true }
    const rate = (_name: string, copied: boolean) => (copied ? 100e6 : 10e6)
    expect(estimateSeconds([copyable], { slide: parseProfile('dzi') }, rate)).toBe(2)
    expect(estimateSeconds([copyable], { slide: parseProfile('dzi', { overlapPx: 1 }) }, rate)).toBe(20)
  })

  it('is not told while a rate is unknown', () => {
    expect(estimateSeconds([slide], { slide: parseProfile('dzi') }, () => undefined)).toBeUndefined()
  })
})
