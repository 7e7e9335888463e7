import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

test.each([
  ['things', [{ name: 'a' }, { name: 'b' }]],
  ['mere turns', [undefined, undefined]]
])('%s are lent to as many as there are, the others wait in line', async (_, lent) => {
  const slots = new Slots<unknown>(lent)
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const begun: number[] = []
  const uses = gates.map((gate, i) =>
    slots.use(async (slot) => {
      begun.push(i)
      expect(lent).toContain(slot)
      await gate.promise
    })
  )
  await Promise.resolve()
  expect(begun).toEqual([0, 1])
  gates[1]?.resolve()
  await uses[1]
  await Promise.resolve()
  expect(begun).toEqual([0, 1, 2])
  for (const gate of gates) gate.resolve()
  await Promise.all(uses)
})

test('what is lent comes back from work that fails', async () => {
  const slots = new Slots([undefined])
  await expect(slots.use(() => Promise.reject(new Error('the work failed')))).rejects.toThrow('the work failed')
  expect(await slots.use(async () => 'next')).toBe('next')
})
