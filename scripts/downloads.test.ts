import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { provideElectron } from './downloads.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

const fakeBinary = '#!/bin/sh\\nexit 0\\n'
const installer = (made: string) => `
const { mkdirSync, writeFileSync, appendFileSync } = require('node:fs')
appendFileSync(__dirname + '/tries', 'x')
mkdirSync(__dirname + '/dist', { recursive: true })
writeFileSync(__dirname + '/dist/electron', '${made}', { mode: 0o755 })
writeFileSync(__dirname + '/path.txt', 'electron')`

/** A clone with an `electron` package whose installer is ours, and a mirror on 127.0.0.1 that answers or doesn't. */
async function place(script: string, options: { mirror: boolean }) {
  const root = temporaryFolder()
  put(root, 'node_modules/electron/package.json', '{"version":"45.4.1"}')
  put(root, 'node_modules/electron/install.js', script)
  const server = createServer((_request, response) => response.end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  if (options.mirror) onTestFinished(() => void server.close())
  else server.close()
  const env = { PATH: process.env.PATH, ELECTRON_MIRROR: mirror }
  const said: string[] = []
  return {
    root,
    node: process.execPath,
    memoryDir: join(root, 'memory'),
    say: (line: string) => void said.push(line),
    env,
    said
  }
}

describe('fetching Electron', () => {
  test('runs its installer once and finds the binary by its file', async () => {
    const here = await place(installer(fakeBinary), { mirror: true })
    const binary = join(here.root, 'node_modules/electron/dist/electron')
    expect(await provideElectron(here)).toEqual({ binary })
    expect(await provideElectron(here)).toEqual({ binary })
    expect(here.said).toHaveLength(1)
  })

  test('does not run the installer where the address can’t be reached', async () => {
    const here = await place(installer(fakeBinary), { mirror: false })
    expect(await provideElectron(here)).toEqual({ reason: expect.stringMatching(/127\.0\.0\.1:\d+ can't be reached/) })
    expect(existsSync(join(here.root, 'node_modules/electron/tries'))).toBe(false)
  })

  test('remembers a failure of the version until it is asked for by name', async () => {
    const broken =
      "console.error('HTTPError: 404'); require('node:fs').appendFileSync(__dirname + '/tries', 'x'); process.exit(1)"
    const here = await place(broken, { mirror: true })
    const failed = { reason: expect.stringContaining('HTTPError: 404') }
    expect(await provideElectron(here)).toEqual(failed)
    expect(await provideElectron(here)).toEqual(failed)
    expect(here.said).toHaveLength(1)
    expect(await provideElectron(here, { again: true })).toEqual(failed)
    expect(here.said).toHaveLength(2)
  })

  test('counts no binary that does not run', async () => {
    const here = await place(installer('#!/bin/sh\\nexit 127\\n'), { mirror: true })
    expect(await provideElectron(here)).toEqual({ reason: expect.stringContaining("doesn't run here") })
  })
})
