import { expect, test } from 'vitest'
import { JoinMemory } from './join-memory.ts'

test('parts come out behind each other, wherever the second lies in shared memory', () => {
  const memory = new JoinMemory()
  const shared = Buffer.from(new SharedArrayBuffer(100)).fill('0123456789')
  for (let at = 0; at < 20; at++)
    for (const head of [Buffer.alloc(0), Buffer.from('abc'), Buffer.from('abcdefghijk')]) {
      const rest = shared.subarray(at, at + 40)
      expect(memory.join(head, rest).toString()).toBe(`${head}${rest}`)
    }
})
