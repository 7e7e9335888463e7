import { expect, it } from 'vitest'
import { OrderedIds } from './ordered-ids.ts'

it('makes UUIDs of version 7 that rise, within a millisecond and when the clock jumps back too', () => {
  const ids = new OrderedIds()
  const made = [1_700_000_000_000, 1_700_000_000_000.7, 1_600_000_000_000, 1_700_000_000_001].map((ms) => ids.next(ms))
  for (let i = 0; i < 10_000; i++) made.push(ids.next(1_700_000_000_002))
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(made.length)
  expect(Number.parseInt(made[0]?.replaceAll('-', '').slice(0, 12) ?? '', 16)).toBe(1_700_000_000_000)
})
