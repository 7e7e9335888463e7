import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import type { DesktopEvents } from '../../shared/desktop-ipc.ts'
import type { Listens } from '../electron-parts.ts'
import type { WindowPlace } from './window-place.ts'

interface Preventable {
  preventDefault(): void
}

/** As much of Electron's window as is needed here. */
export type WindowPart = Pick<
  BrowserWindow,
  | 'show'
  | 'hide'
  | 'focus'
  | 'restore'
  | 'maximize'
  | 'destroy'
  | 'isMinimized'
  | 'isMaximized'
  | 'isVisible'
  | 'isFocused'
  | 'getNormalBounds'
  | 'loadURL'
> &
  Listens<'close', [event: Preventable]> &
  Listens<'ready-to-show'> &
  Listens<'closed'> & {
    webContents: Pick<BrowserWindow['webContents'], 'send'> &
      Listens<'dom-ready'> &
      Listens<'render-process-gone', [event: unknown, details: { reason: string }]>
  }

export interface MainWindowOptions<Window extends WindowPart> {
  create(options: BrowserWindowConstructorOptions): Window
  /** Read anew for every window. */
  options(): { window: BrowserWindowConstructorOptions; isMaximized: boolean }
  url: string
  /** Called when the window leaves the screen. */
  keepPlace(place: WindowPlace): void
  /** The page crashed; called before a new one is loaded. */
  pageGone(reason: string): void
}

type Message = { [C in keyof DesktopEvents]: { channel: C; payload: DesktopEvents[C] } }[keyof DesktopEvents]

/**
 * The one window. Made when it is first shown, so that a hidden start costs no page; closing hides it, because the engine
 * works on and the tray brings it back.
 */
export class MainWindow<Window extends WindowPart> {
  readonly #options: MainWindowOptions<Window>
  #window: Window | undefined
  #isPageReady = false
  #isQuitting = false
  #waiting: Message[] = []

  constructor(options: MainWindowOptions<Window>) {
    this.#options = options
  }

  /** The window that dialogs belong to; undefined while there is none on the screen. */
  get visible(): Window | undefined {
    return this.#window?.isVisible() ? this.#window : undefined
  }

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false
  }

  /** Brings the window to the front, whatever became of it. */
  show(): void {
    if (this.#window) bringToFront(this.#window)
    else this.#create()
  }

  hide(): void {
    this.#window?.hide()
  }

  /** From now on closing means closing. */
  letGo(): void {
    this.#isQuitting = true
  }

  /** Tells the page; what is told before it listens is kept for it. A page that was never opened hears nothing of restarts. */
  send<C extends keyof DesktopEvents>(channel: C, payload: DesktopEvents[C]): void
  send(channel: Message['channel'], payload: Message['payload']): void {
    if (this.#window && this.#isPageReady) this.#window.webContents.send(channel, payload)
    else if (channel !== 'engine-restarted') this.#waiting.push({ channel, payload } as Message)
  }

  #create(): void {
    const { window: options, isMaximized } = this.#options.options()
    const window = this.#options.create(options)
    this.#window = window
    window.on('ready-to-show', () => {
      if (isMaximized) window.maximize()
      window.show()
    })
    window.on('close', (event) => this.#closing(window, event))
    window.on('closed', () => this.#forget(window))
    window.webContents.on('dom-ready', () => this.#pageReady(window))
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#pageGone(window, reason))
    // Our own files and a handler of ours: a load that fails shows Chromium's page that says so.
    window.loadURL(this.#options.url).catch(() => undefined)
  }

  #pageReady(window: Window): void {
    this.#isPageReady = true
    for (const { channel, payload } of this.#waiting) window.webContents.send(channel, payload)
    this.#waiting = []
  }

  #closing(window: Window, event: Preventable): void {
    const { x, y, width, height } = window.getNormalBounds()
    this.#options.keepPlace({ x, y, width, height, isMaximized: window.isMaximized() })
    if (this.#isQuitting) return
    event.preventDefault()
    window.hide()
  }

  /** A page that crashed is thrown away; the next time that somebody wants the window there is a new one. */
  #pageGone(window: Window, reason: string): void {
    if (reason === 'clean-exit' || this.#isQuitting) return
    this.#forget(window)
    window.destroy()
    this.#options.pageGone(reason)
  }

  #forget(window: Window): void {
    if (this.#window !== window) return
    this.#window = undefined
    this.#isPageReady = false
  }
}

function bringToFront(window: WindowPart): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
