import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { pageRequests } from './page-requests.ts'
import { serveRequests } from './serve-requests.ts'

type Listener = (event: never, ...args: unknown[]) => unknown

class FakeIpc {
  readonly channels = new Map<string, Listener>()
  handle(channel: string, listener: Listener): void {
    this.channels.set(channel, listener)
  }
}

const ours = { senderFrame: { url: 'microtome://app/', parent: null } }

describe("the page's requests", () => {
  let ipc: FakeIpc
  let dialogs: unknown[]
  let chosen: { canceled: boolean; filePaths: string[] }

  beforeEach(() => {
    ipc = new FakeIpc()
    dialogs = []
    chosen = { canceled: false, filePaths: ['/slides/a.svs', '/slides/b.svs'] }
    const shell = { openPath: async () => '', showItemInFolder: () => undefined }
    const handlers = pageRequests({
      connection: async () => ({ socketUrl: 'ws://127.0.0.1:9/rpc', token: 't' }),
      async choose(options) {
        dialogs.push(options)
        return chosen
      },
      shell
    })
    serveRequests(ipc, (caller) => caller === ours, handlers)
  })

  function ask(channel: string, input?: unknown, event: unknown = ours): Promise<unknown> {
    const listener = ipc.channels.get(channel)
    if (!listener) throw new Error(`Nobody listens to ${channel}.`)
    return Promise.resolve(listener(event as never, input))
  }

  test('are answered to our page', async () => {
    await expect(ask('connect')).resolves.toEqual({
      ok: true,
      value: { socketUrl: 'ws://127.0.0.1:9/rpc', token: 't' }
    })
  })

  test('are refused to any other frame, on every channel', async () => {
    for (const channel of ipc.channels.keys())
      await expect(ask(channel, undefined, { senderFrame: null })).rejects.toThrow('foreign frame')
    expect(ipc.channels.size).toBe(5)
  })

  test('are refused where their input does not fit', async () => {
    for (const [channel, input] of [
      ['connect', 'more'],
      ['choose-sources', { folders: 'yes' }],
      ['choose-folder', { title: 'T', defaultPath: 5 }],
      ['open-path', { path: '/x' }],
      ['show-in-folder', '']
    ] as const)
      await expect(ask(channel, input), channel).resolves.toMatchObject({ ok: false })
    expect(dialogs).toEqual([])
  })

  test('show a dialog for files, or for folders, and give back what was chosen', async () => {
    const answer = { ok: true, value: ['/slides/a.svs', '/slides/b.svs'] }
    await expect(ask('choose-sources', { folders: false })).resolves.toEqual(answer)
    await ask('choose-sources', { folders: true })
    expect(dialogs).toMatchObject([
      { properties: ['openFile', 'multiSelections'] },
      { properties: ['openDirectory', 'multiSelections'] }
    ])
  })

  test('give back nothing from a dialog that was dismissed', async () => {
    chosen = { canceled: true, filePaths: [] }
    await expect(ask('choose-sources', { folders: false })).resolves.toEqual({ ok: true, value: [] })
    await expect(ask('choose-folder', { title: 'Results' })).resolves.toEqual({ ok: true, value: undefined })
  })

  test('fail with one sentence and a hint, not with a stack', async () => {
    const error = { code: 'no-node', class: 'node', message: 'There is no Node.', hint: 'Install it.' } as const
    const failing = {
      ...pageRequests({
        connection: async () => Promise.reject(new MicrotomeError(error)),
        choose: async () => chosen,
        shell: { openPath: async () => '', showItemInFolder: () => undefined }
      })
    }
    serveRequests(ipc, () => true, failing)
    await expect(ask('connect')).resolves.toEqual({ ok: false, error })
  })
})

test('raw IPC is spoken in one file of each side', () => {
  const src = join(import.meta.dirname, '..', '..')
  const code = globSync('{main,preload,shared,renderer,engine,cli,services}/**/*.{ts,tsx}', { cwd: src })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.includes('.test.') && !file.includes('/testing/'))
    .sort()
  const using = (pattern: RegExp) => code.filter((file) => pattern.test(readFileSync(join(src, file), 'utf8')))
  expect(using(/ipcMain\s*\.\s*\w+\(/)).toEqual(['main/ipc/serve-requests.ts'])
  expect(using(/webContents\s*\.\s*(send|postMessage)\(/)).toEqual(['main/window/main-window.ts'])
  expect(using(/ipcRenderer\s*\.\s*\w+\(/)).toEqual(['preload/index.ts'])
  expect(using(/from 'electron'/).filter((file) => !onlyTypes(join(src, file)))).toEqual([
    'main/index.ts',
    'preload/index.ts'
  ])
})

function onlyTypes(file: string): boolean {
  const imports = readFileSync(file, 'utf8').match(/^import .*from 'electron'/gm) ?? []
  return imports.every((line) => line.startsWith('import type'))
}
