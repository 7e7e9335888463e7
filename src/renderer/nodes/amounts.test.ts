import { expect, test } from 'vitest'
import { ago, bytes } from './amounts.ts'

test('bytes are written with two or three digits', () => {
  expect([0, 900, 1536, 32 * 2 ** 30, 1.25 * 2 ** 40].map(bytes)).toEqual([
    '0 bytes',
    '900 bytes',
    '1.5 kB',
    '32 GB',
    '1.3 TB'
  ])
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
