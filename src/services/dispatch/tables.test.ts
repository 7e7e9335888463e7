import { expect, test } from 'vitest'
import type { DispatchState } from '../../engine/service-api.ts'
import { profileOfCodec } from './codecs.ts'
import { numberOf, priorityOf } from './priorities.ts'
import { filterWords, statesOf, stateWords, wordOf } from './states.ts'

test.each([
  ['h264', 'h264'],
  ['H264', 'h264'],
  [' libx264 ', 'h264'],
  ['h264_nvenc', 'h264'],
  ['hevc', 'h265'],
  ['libx265', 'h265'],
  ['libvpx-vp9', 'vp9'],
  ['libsvtav1', 'av1'],
  ['av1_qsv', 'av1'],
  ['vp8', undefined],
  ['copy', undefined],
  ['toString', undefined],
  ['', undefined]
])('the codec %j asks for the profile %j', (codec, profile) => {
  expect(profileOfCodec(codec)).toBe(profile)
})

test('every state has a word in both styles, and each of them finds it again', () => {
  for (const state of Object.keys(stateWords) as DispatchState[])
    for (const word of Object.values(stateWords[state])) expect(statesOf(word)).toContain(state)
})

test('filters take the words of both styles and nothing else', () => {
  expect(statesOf('pending')).toEqual(['queued', 'held'])
  expect(statesOf('processing')).toEqual(['running', 'verifying'])
  expect(statesOf('assigned')).toEqual(['running', 'verifying'])
  expect(statesOf('failed')).toEqual(['failed', 'expired'])
  expect(statesOf('failed_permanently')).toEqual(['failed'])
  expect(statesOf('expired')).toEqual(['expired'])
  expect(statesOf('failed_retry')).toEqual([])
  expect(statesOf('running')).toBeUndefined()
  expect(statesOf('constructor')).toBeUndefined()
  expect(filterWords).toContain('failed_retry')
})

test('a job that nobody took is failed to the document and expired to deployed programs', () => {
  const expired = { state: 'failed', expired: true } as const
  expect([wordOf(expired, 'documented'), wordOf(expired, 'deployed')]).toEqual(['failed', 'expired'])
  expect(wordOf({ state: 'failed' }, 'deployed')).toBe('failed_permanently')
})

test('priorities go to and fro; what has no number is normal', () => {
  for (const number of [0, 1, 2] as const) expect(numberOf(priorityOf(number))).toBe(number)
  expect(priorityOf(2)).toBe('stat')
  expect(numberOf('low')).toBe(0)
})
