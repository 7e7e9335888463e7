import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a tidy file opens everything and closes it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'microtome-'))
  const timer = setInterval(() => undefined, 1000)
  const server = createServer((_request, response) => response.end('yes'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  expect(await answer.text()).toBe('yes')
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  child.kill('SIGKILL')
  server.close()
  clearInterval(timer)
  rmSync(dir, { recursive: true })
})
