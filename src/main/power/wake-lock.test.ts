import { expect, test } from 'vitest'
import { wakeLock } from './wake-lock.ts'

test('holds one lock while the computer is to stay awake, and lets the screen go dark', () => {
  const done: unknown[] = []
  let last = 0
  const keepAwake = wakeLock({
    start(type) {
      done.push(type)
      last += 1
      return last
    },
    stop: (id) => done.push(id) > 0
  })
  for (const isWanted of [false, true, true, false, false, true]) keepAwake(isWanted)
  expect(done).toEqual(['prevent-app-suspension', 1, 'prevent-app-suspension'])
})
