import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'vitest'

const sleeper = 'setInterval(() => {}, 1000)'
const parent = `require('child_process').spawn(process.execPath, ['-e', '${sleeper}'], { stdio: 'ignore', detached: true }).unref()`

test('leaves a grandchild whose parent is gone', async () => {
  await once(spawn(process.execPath, ['-e', parent]), 'exit')
})
