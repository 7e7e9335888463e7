import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { DesktopBridge } from '../shared/bridge.ts'
import type { DesktopEvents, DesktopReply, DesktopRequests } from '../shared/desktop-ipc.ts'

async function ask<C extends keyof DesktopRequests>(
  channel: C,
  input: DesktopRequests[C]['input']
): Promise<DesktopRequests[C]['output']> {
  const reply: DesktopReply<DesktopRequests[C]['output']> = await ipcRenderer.invoke(channel, input)
  if (reply.ok) return reply.value
  // Only the message of an error reaches the page.
  throw new Error([reply.error.message, reply.error.hint].filter(Boolean).join(' '))
}

/** Listens from the start, so that what comes before the page listens waits for it. */
function hear<C extends keyof DesktopEvents>(channel: C) {
  type Listener = (payload: DesktopEvents[C]) => void
  const listeners = new Set<Listener>()
  let waiting: DesktopEvents[C][] = []
  ipcRenderer.on(channel, (_event, payload: DesktopEvents[C]) => {
    if (listeners.size === 0) waiting.push(payload)
    for (const listener of listeners) listener(payload)
  })
  return (listener: Listener) => {
    listeners.add(listener)
    const early = waiting
    waiting = []
    for (const payload of early) listener(payload)
    return () => void listeners.delete(listener)
  }
}

const onRestarted = hear('engine-restarted')

const bridge: DesktopBridge<File> = {
  platform: platformOf(process.platform),
  connect: () => ask('connect', undefined),
  onEngineRestarted: (listener) => onRestarted(() => listener()),
  pathOf: (file) => webUtils.getPathForFile(file),
  chooseSources: (options) => ask('choose-sources', options),
  chooseFolder: (options) => ask('choose-folder', options),
  showInFolder: (path) => ask('show-in-folder', path),
  openPath: (path) => ask('open-path', path),
  onNavigate: hear('navigate'),
  onOpenPaths: hear('open-paths')
}

function platformOf(name: string): DesktopBridge['platform'] {
  return name === 'win32' || name === 'darwin' ? name : 'linux'
}

contextBridge.exposeInMainWorld('microtome', bridge)
