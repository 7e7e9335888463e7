import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { beforeEach, describe, expect, test } from 'vitest'
import type { DesktopBridge } from '../../src/shared/bridge.ts'
import { isBuilt, root } from './support/desktop-process.ts'

/** What a sandboxed preload has: `require('electron')`, and of Node not much more than this. */
function loadPreload(electron: object): void {
  const context = createContext({
    process: { platform: 'linux' },
    module: { exports: {} },
    exports: {},
    require(name: string) {
      if (name === 'electron') return electron
      throw new Error(`module not found: ${name}`)
    }
  })
  runInContext(readFileSync(join(root, 'out/preload/index.cjs'), 'utf8'), context)
}

describe.skipIf(!isBuilt)('the built preload', () => {
  let ipc: EventEmitter & { invoke(channel: string, input: unknown): Promise<unknown> }
  let invoked: unknown[]
  let reply: unknown
  let bridge: DesktopBridge

  beforeEach(() => {
    invoked = []
    reply = { ok: true, value: undefined }
    ipc = Object.assign(new EventEmitter(), {
      async invoke(channel: string, input: unknown) {
        invoked.push([channel, input])
        return reply
      }
    })
    const worlds = new Map<string, DesktopBridge>()
    loadPreload({
      ipcRenderer: ipc,
      webUtils: { getPathForFile: (file: { path: string }) => file.path },
      contextBridge: { exposeInMainWorld: (name: string, value: DesktopBridge) => worlds.set(name, value) }
    })
    const exposed = worlds.get('microtome')
    if (!exposed) throw new Error('The preload exposed nothing.')
    bridge = exposed
  })

  test('loads with nothing but electron at hand, and exposes the bridge alone', () => {
    expect(Object.keys(bridge).sort()).toEqual([
      'chooseFolder',
      'chooseSources',
      'connect',
      'onEngineRestarted',
      'onNavigate',
      'onOpenPaths',
      'openPath',
      'pathOf',
      'platform',
      'showInFolder'
    ])
  })

  test('tells the path of a dropped file', () => {
    expect(bridge.pathOf({ path: '/slides/a.svs' })).toBe('/slides/a.svs')
  })

  test('asks the main process, and gives its answer', async () => {
    reply = { ok: true, value: ['/slides/a.svs'] }
    await expect(bridge.chooseSources({ folders: true })).resolves.toEqual(['/slides/a.svs'])
    expect(invoked).toEqual([['choose-sources', { folders: true }]])
  })

  test('fails with the sentence and the hint of the main process', async () => {
    reply = {
      ok: false,
      error: { code: 'file-missing', class: 'input', message: 'It is gone.', hint: 'Look elsewhere.' }
    }
    await expect(bridge.openPath('/x')).rejects.toThrow(/^It is gone\. Look elsewhere\.$/)
  })

  test('keeps what comes before the page listens, and stops when told to', () => {
    const heard: unknown[] = []
    ipc.emit('open-paths', {}, ['/slides/a.svs'])
    const stop = bridge.onOpenPaths((paths) => heard.push(paths))
    ipc.emit('open-paths', {}, ['/slides/b.svs'])
    stop()
    ipc.emit('open-paths', {}, ['/slides/c.svs'])
    expect(heard).toEqual([['/slides/a.svs'], ['/slides/b.svs']])
  })

  test('hands over no event of Electron', () => {
    const heard: unknown[][] = []
    bridge.onNavigate((...args) => heard.push(args))
    bridge.onEngineRestarted((...args) => heard.push(args))
    ipc.emit('navigate', { sender: 'secret' }, 'settings')
    ipc.emit('engine-restarted', { sender: 'secret' }, undefined)
    expect(heard).toEqual([['settings'], []])
  })
})
