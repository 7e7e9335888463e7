import { EventEmitter } from 'node:events'
import type { FakeState, FromFake, RemoteCalls, RemoteEvent, ToFake } from './remote.ts'

/** A stand-in for the module `electron` in the main process: remembers, tells the test, and does what the test says. */

type Item = { label?: string; click?: () => void; submenu?: Item[] }
type Handler = (request: Request) => Response | Promise<Response>
type Listener = (event: unknown, input: unknown) => unknown

const send = (message: FromFake) => void process.send?.(message)
const tell = (event: RemoteEvent) => send(event)
const called = (what: string, input: unknown) => tell({ event: 'called', what, with: input })

const handlers = new Map<string, Handler>()
const requests = new Map<string, Listener>()
const windows: BrowserWindow[] = []
const blockers = new Set<number>()
const menus: { tray: Item[]; app: Item[] } = { tray: [], app: [] }
let trayNow: FakeState['tray']
let answers: number[] = []
const asking: ((answer: number) => void)[] = []

function end(code: number): void {
  tell({ event: 'exit', code })
  // Sent before the channel closes with the process.
  setImmediate(() => process.exit(code))
}

class FakeApp extends EventEmitter {
  readonly isPackaged = false
  readonly #paths = new Map<string, string>([['appData', process.env.FAKE_APP_DATA ?? '']])
  getPath(name: string): string {
    return this.#paths.get(name) ?? ''
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  getAppPath = (): string => process.env.FAKE_APP_PATH ?? ''
  getVersion = (): string => '0.1.0'
  enableSandbox = (): void => called('enableSandbox', undefined)
  setAppUserModelId = (): void => undefined
  setAboutPanelOptions = (): void => undefined
  showAboutPanel = (): void => called('showAboutPanel', undefined)
  getLoginItemSettings = () => ({ openAtLogin: false, wasOpenedAtLogin: false })
  setLoginItemSettings = (settings: unknown): void => called('setLoginItemSettings', settings)
  requestSingleInstanceLock(data: unknown): boolean {
    called('requestSingleInstanceLock', { data, userData: this.getPath('userData') })
    return process.env.FAKE_LOCK !== 'taken'
  }
  whenReady = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  exit = end
  quit(): void {
    let isPrevented = false
    const preventDefault = () => {
      isPrevented = true
    }
    this.emit('before-quit', { preventDefault })
    if (isPrevented) return
    for (const window of [...windows]) if (!window.close()) return
    end(0)
  }
}

export const app = new FakeApp()

class FakeContents extends EventEmitter {
  send = (channel: string, payload: unknown): void => tell({ event: 'sent', channel, payload })
  setWindowOpenHandler = (): void => undefined
  executeJavaScript = async (): Promise<string> => process.platform
  getURL = (): string => 'microtome://app/'
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new FakeContents()
  #isVisible = false
  constructor(options: Record<string, unknown>) {
    super()
    windows.push(this)
    tell({ event: 'window', options: JSON.parse(JSON.stringify(options)) })
    app.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(url: string): Promise<void> {
    const answer = await handlers.get('microtome')?.(new Request(url))
    if (answer?.status !== 200) throw new Error(`ERR_FAILED (${answer?.status})`)
    this.webContents.emit('dom-ready')
    this.emit('ready-to-show')
    tell({ event: 'load', url })
  }
  /** True if it closed. */
  close(): boolean {
    let isPrevented = false
    const preventDefault = () => {
      isPrevented = true
    }
    this.emit('close', { preventDefault })
    if (!isPrevented) this.destroy()
    return !isPrevented
  }
  destroy(): void {
    windows.splice(windows.indexOf(this), 1)
    this.#isVisible = false
    this.emit('closed')
  }
  show(): void {
    this.#isVisible = true
  }
  hide(): void {
    this.#isVisible = false
  }
  focus(): void {}
  restore(): void {}
  maximize(): void {}
  isMinimized = () => false
  isMaximized = () => false
  isVisible = () => this.#isVisible
  isFocused = () => false
  getNormalBounds = () => ({ x: 10, y: 20, width: 1000, height: 700 })
}

export class Tray extends EventEmitter {
  #icon: string
  #tip = ''
  constructor(icon: string) {
    super()
    this.#icon = icon
  }
  setImage(icon: string): void {
    this.#icon = icon
  }
  setToolTip(tip: string): void {
    this.#tip = tip
  }
  setContextMenu(menu: Item[]): void {
    menus.tray = menu
    trayNow = { icon: this.#icon, tip: this.#tip, labels: menu.flatMap((item) => item.label ?? []) }
    tell({ event: 'tray', icon: this.#icon, tip: this.#tip })
  }
  destroy(): void {
    trayNow = undefined
  }
}

export const Menu = {
  buildFromTemplate: (template: Item[]) => template,
  setApplicationMenu(menu: Item[]) {
    menus.app = menu
  }
}

export class Notification extends EventEmitter {
  static isSupported = () => true
  readonly #options: { title: string; body: string }
  constructor(options: { title: string; body: string }) {
    super()
    this.#options = options
  }
  show(): void {
    tell({ event: 'notification', title: this.#options.title, body: this.#options.body })
  }
}

interface Question {
  message: string
  detail?: string
  buttons?: string[]
}

export const dialog = {
  showErrorBox: (title: string, content: string) => called('showErrorBox', { title, content }),
  showOpenDialog: async (...args: unknown[]) => {
    called('showOpenDialog', args.at(-1))
    return { canceled: false, filePaths: ['/chosen/a.svs'] }
  },
  showMessageBox(...args: unknown[]): Promise<{ response: number }> {
    const { message, detail = '', buttons = [] } = args.at(-1) as Question
    tell({ event: 'question', message, detail, buttons })
    return new Promise((resolve) => {
      asking.push((response) => resolve({ response }))
      answerNext()
    })
  }
}

function answerNext(): void {
  while (answers.length > 0 && asking.length > 0) asking.shift()?.(answers.shift() ?? 0)
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => called('registerSchemesAsPrivileged', schemes),
  handle: (scheme: string, handler: Handler) => void handlers.set(scheme, handler)
}
export const ipcMain = { handle: (channel: string, listener: Listener) => void requests.set(channel, listener) }
export const shell = {
  openPath: async (path: string) => {
    called('openPath', path)
    return ''
  },
  showItemInFolder: (path: string) => called('showItemInFolder', path),
  openExternal: async (url: string) => called('openExternal', url)
}
export const nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' }
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }
export const powerMonitor = new EventEmitter()
export const powerSaveBlocker = {
  start(): number {
    const id = blockers.size + 1
    blockers.add(id)
    return id
  },
  stop: (id: number) => blockers.delete(id)
}
export const session = {
  defaultSession: {
    setSpellCheckerEnabled: () => undefined,
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    webRequest: { onBeforeRequest: () => undefined }
  }
}

const calls: { [C in keyof RemoteCalls]: (input: RemoteCalls[C]['input']) => unknown } = {
  async fetch({ url, headers }) {
    const answer = await handlers.get('microtome')?.(new Request(url, headers ? { headers } : {}))
    if (!answer) throw new Error('Nobody serves the protocol.')
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
  },
  invoke: ({ channel, input, frame }) => {
    const senderFrame = frame && { url: frame.url, parent: frame.isInner ? {} : null }
    return requests.get(channel)?.({ senderFrame }, input)
  },
  click({ menu, label }) {
    const item = flat(menus[menu]).find((one) => one.label === label)
    if (!item?.click) throw new Error(`There is no "${label}" in the menu.`)
    item.click()
  },
  quit: () => app.quit(),
  emit: ({ event, args }) => void app.emit(event, ...args),
  closeWindow: () => void windows[0]?.close(),
  answers(values) {
    answers = [...values]
    answerNext()
  },
  state: (): FakeState => ({
    tray: trayNow,
    windows: windows.map((window) => ({ isVisible: window.isVisible() })),
    blockers: blockers.size,
    themeSource: nativeTheme.themeSource
  })
}

const flat = (items: Item[]): Item[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])])

process.on('message', (message: ToFake) => {
  const run = calls[message.call] as (input: unknown) => unknown
  Promise.resolve()
    .then(() => run(message.input))
    .then(
      (value) => send({ id: message.id, value }),
      (error: unknown) => send({ id: message.id, error: error instanceof Error ? error.message : String(error) })
    )
})
// Without the test there is nothing to do: as if the machine were switched off.
process.on('disconnect', () => process.exit(1))
