import { expect, test } from 'vitest'
import { ReadMemory } from './read-memory.ts'

test('memory that came back is taken by the next read that it is large enough for', () => {
  const memory = new ReadMemory()
  const first = memory.take(300_000)
  expect(first?.length).toBeGreaterThanOrEqual(300_000)
  expect(memory.take(300_000)?.buffer).not.toBe(first?.buffer)
  memory.giveBack(first?.subarray(10, 20) ?? Buffer.alloc(0))
  memory.giveBack(first?.subarray(30, 40) ?? Buffer.alloc(0))
  expect(memory.take(9_000_000)?.buffer).not.toBe(first?.buffer)
  expect(memory.take(1_000_000)?.buffer).toBe(first?.buffer)
  expect(memory.take(1_000_000)?.buffer).not.toBe(first?.buffer)
})

test('memory of others is never lent', () => {
  const memory = new ReadMemory()
  const foreign = Buffer.alloc(2 << 20)
  memory.giveBack(foreign)
  expect(memory.take(1 << 20)?.buffer).not.toBe(foreign.buffer)
})
