import { expect, test } from 'vitest'
import { insteadOfAddresses, statsInShort, whatToDo } from './service-words.ts'

test('statistics are shown in short: with their units, one level deep, six at most', () => {
  expect(
    statsInShort({
      uptimeMs: 200_000,
      sent_bytes: 1_240_000,
      jobs: { queued: 12_000, running: 2 },
      ready: true,
      engines: [{ id: 'a' }],
      nothing: null
    })
  ).toEqual([
    { label: 'Uptime', value: '3 min 20 s' },
    { label: 'Sent', value: '1.24 MB' },
    { label: 'Jobs queued', value: '12,000' },
    { label: 'Jobs running', value: '2' },
    { label: 'Ready', value: 'yes' }
  ])
  expect(statsInShort(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`figure${i}`, i])))).toHaveLength(6)
})

test('an address is shown where it helps: not of what is off, nor of the window itself', () => {
  expect(insteadOfAddresses({ name: 'dispatch', state: 'running' })).toBeUndefined()
  expect(insteadOfAddresses({ name: 'dispatch', state: 'off' })).toMatch(/^Nothing leads to it/)
  expect(insteadOfAddresses({ name: 'dashboard', state: 'running' })).toMatch(/^This window/)
})

test('a failed service says what to do, in its own words where it has some', () => {
  expect(whatToDo({})).toMatch(/^Correct it, then save servers\.config\.json/)
  expect(whatToDo({ hint: 'Give it another port.' })).toBe('Give it another port. The other services are not affected.')
})
