import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withSetUpLock } from './set-up-lock.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

test('two set-ups of a clone follow each other', async () => {
  const file = join(temporaryFolder(), '.cache/set-up.lock')
  const order: string[] = []
  const first = withSetUpLock(file, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    order.push('first')
  })
  await Promise.all([first, withSetUpLock(file, async () => void order.push('second'))])
  expect(order).toEqual(['first', 'second'])
  expect(existsSync(file)).toBe(false)
})

test('a lock whose owner is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  const file = put(temporaryFolder(), 'set-up.lock', String(pid))
  await expect(withSetUpLock(file, async () => 'done')).resolves.toBe('done')
})

test('the lock goes when the set-up fails', async () => {
  const file = join(temporaryFolder(), 'set-up.lock')
  const failing = withSetUpLock(file, () => Promise.reject(new Error('no network')))
  await expect(failing).rejects.toThrow('no network')
  expect(existsSync(file)).toBe(false)
})
