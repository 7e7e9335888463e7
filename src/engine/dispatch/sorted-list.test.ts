import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SortedList } from './sorted-list.ts'

it('holds what was put in and not taken out, in order, whatever the order of that', () => {
  const step = fc.record({ add: fc.boolean(), value: fc.nat(60) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const list = new SortedList<number>((a, b) => a - b)
      const model = new Set<number>()
      for (const { add, value } of steps) {
        if (!add) expect(list.remove(value)).toBe(model.delete(value))
        else if (!model.has(value)) {
          list.add(value)
          model.add(value)
        }
        expect(list.size).toBe(model.size)
      }
      const sorted = [...model].sort((a, b) => a - b)
      expect([...list]).toEqual(sorted)
      expect(list.first).toBe(sorted[0])
    })
  )
})

it('lets go of what was taken from the front of a long queue', () => {
  const list = new SortedList<number>((a, b) => a - b)
  for (let i = 0; i < 5000; i++) list.add(i)
  for (let i = 0; i < 4990; i++) expect(list.remove(i)).toBe(true)
  list.add(4000)
  expect([...list]).toEqual([4000, ...Array.from({ length: 10 }, (_, i) => 4990 + i)])
})
