import { expect, test } from 'vitest'
import { RunningLimit } from './running-limit.ts'
import { MemoryDispatch } from './testing/memory-dispatch.ts'

const wish = {
  sourceUrl: 'http://example.com/x.mp4',
  targetCodec: 'h264',
  profile: 'h264',
  jobSizeMb: 0,
  maxRetries: 3,
  priority: 'normal'
} as const

test('of many that ask before the first has its job, no more get one than may run', async () => {
  const dispatch = new MemoryDispatch()
  await dispatch.heartbeat({ id: 'e' })
  for (let i = 0; i < 5; i++) await dispatch.submit(wish)
  const limit = new RunningLimit(dispatch, 2)
  const ask = () => limit.within(() => dispatch.assign('e'))
  const asked = await Promise.all([ask(), ask(), ask(), ask()])
  expect(asked.filter((job) => job !== undefined)).toHaveLength(2)
  expect(await ask()).toBeUndefined()
  await dispatch.complete(String(asked[0]?.id), 'http://example.com/y.mp4')
  expect(await ask()).toBeDefined()
})

test('who asked in vain takes no place, nor does one whose request failed', async () => {
  const dispatch = new MemoryDispatch()
  const limit = new RunningLimit(dispatch, 1)
  await expect(limit.within(() => dispatch.assign('unheard-of'))).rejects.toThrow()
  await dispatch.heartbeat({ id: 'e' })
  expect(await limit.within(() => dispatch.assign('e'))).toBeUndefined()
  await dispatch.submit(wish)
  expect(await limit.within(() => dispatch.assign('e'))).toBeDefined()
})
