import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'vitest'

test('leaves a child process that nothing here waits for', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(child, 'spawn')
  child.unref()
})
