import { expect, test } from 'vitest'
import { ago, formatMemory } from './amounts.ts'

test('memory is written as makers write it', () => {
  expect([8 * 2 ** 30, 15.6 * 2 ** 30].map(formatMemory)).toEqual(['8 GB', '16 GB'])
})

test('how long ago is told in the one unit that fits', () => {
  const now = 10 ** 12
  expect([5000, 60_000, 7_200_000, 200_000_000, -5].map((ms) => ago(now - ms, now))).toEqual([
    'less than a minute ago',
    '1 minute ago',
    '2 hours ago',
    '2 days ago',
    'less than a minute ago'
  ])
})
