import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { MainWindow, type WindowPart } from './main-window.ts'
import { windowOptions } from './window-options.ts'
import { onScreen, readPlace, type WindowPlace, writePlace } from './window-place.ts'

const look = { preload: '/app/preload.cjs', place: undefined, isDark: false, icon: undefined, devTools: false }

describe('the options of the window', () => {
  test('shut the page in', () => {
    expect(windowOptions(look).webPreferences).toMatchObject({
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: false
    })
  })

  test('open it where it was, on a ground that does not flash', () => {
    const place = { x: 5, y: 6, width: 900, height: 700, isMaximized: true }
    const options = windowOptions({ ...look, place, isDark: true })
    expect(options).toMatchObject({ x: 5, y: 6, width: 900, height: 700, show: false, backgroundColor: '#1a1b1e' })
    expect(options).not.toHaveProperty('isMaximized')
  })
})

describe('the place of the window', () => {
  const place: WindowPlace = { x: 10, y: 20, width: 800, height: 600, isMaximized: false }
  const workArea = { x: 0, y: 0, width: 1920, height: 1040 }

  test('is kept from one start to the next', () => {
    const dir = mkdtempSync(join(tmpdir(), 'microtome-place-'))
    const file = join(dir, 'deeper', 'window.json')
    expect(readPlace(file)).toBeUndefined()
    writePlace(file, place)
    expect(readPlace(file)).toEqual(place)
    expect(readdirSync(join(dir, 'deeper'))).toEqual(['window.json'])
    for (const text of ['', '{"width":-1,"height":5,"isMaximized":false}', '{"x":1']) {
      writeFileSync(file, text)
      expect(readPlace(file), text).toBeUndefined()
    }
    rmSync(dir, { recursive: true })
  })

  test('is used while it lies on a screen', () => {
    expect(onScreen(place, [workArea])).toEqual(place)
    expect(onScreen({ ...place, x: -300 }, [workArea])).toMatchObject({ x: -300 })
  })

  test('is forgotten, but not the size, where its screen has gone', () => {
    const second = { ...place, x: 2500 }
    expect(onScreen(second, [workArea])).toEqual({ width: 800, height: 600, isMaximized: false })
    expect(onScreen(second, [workArea, { ...workArea, x: 1920 }])).toEqual(second)
  })
})

type Listener = (...args: never[]) => void

class FakeWindow implements WindowPart {
  readonly done: string[] = []
  readonly sent: unknown[] = []
  readonly listeners = new Map<string, Listener>()
  visible = false
  minimized = false
  readonly webContents: WindowPart['webContents'] = {
    send: (channel: string, payload: unknown) => void this.sent.push([channel, payload]),
    on: (event: string, listener: Listener) => this.listeners.set(`page:${event}`, listener)
  }
  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener)
  }
  emit(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.(...(args as never[]))
  }
  show(): void {
    this.visible = true
    this.done.push('show')
  }
  hide(): void {
    this.visible = false
    this.done.push('hide')
  }
  focus(): void {
    this.done.push('focus')
  }
  restore(): void {
    this.done.push('restore')
  }
  maximize(): void {
    this.done.push('maximize')
  }
  destroy(): void {
    this.done.push('destroy')
    this.visible = false
    this.emit('closed')
  }
  isMinimized(): boolean {
    return this.minimized
  }
  isMaximized(): boolean {
    return false
  }
  isVisible(): boolean {
    return this.visible
  }
  isFocused(): boolean {
    return this.visible
  }
  getNormalBounds() {
    return { x: 1, y: 2, width: 3, height: 4 }
  }
  async loadURL(url: string): Promise<void> {
    this.done.push(`load ${url}`)
  }
}

describe('the window', () => {
  let made: FakeWindow[]
  let kept: WindowPlace[]
  let gone: string[]
  let isMaximized = false
  let main: MainWindow<FakeWindow>

  beforeEach(() => {
    made = []
    kept = []
    gone = []
    isMaximized = false
    main = new MainWindow<FakeWindow>({
      create() {
        const window = new FakeWindow()
        made.push(window)
        return window
      },
      options: () => ({ window: windowOptions(look), isMaximized }),
      url: 'microtome://app/',
      keepPlace: (place) => kept.push(place),
      pageGone: (reason) => gone.push(reason)
    })
  })

  function latest(): FakeWindow {
    const window = made.at(-1)
    if (!window) throw new Error('No window was made.')
    return window
  }

  function close(): boolean {
    let isPrevented = false
    const preventDefault = () => {
      isPrevented = true
    }
    latest().emit('close', { preventDefault })
    return isPrevented
  }

  test('is made when it is first wanted, and appears when there is something to see', () => {
    expect(made).toHaveLength(0)
    main.show()
    expect([latest().done, main.visible]).toEqual([['load microtome://app/'], undefined])
    latest().emit('ready-to-show')
    expect(main.visible).toBe(latest())
  })

  test('opens as large as it was', () => {
    isMaximized = true
    main.show()
    latest().emit('ready-to-show')
    expect(latest().done).toContain('maximize')
  })

  test('comes back to the front, also from the task bar', () => {
    main.show()
    latest().emit('ready-to-show')
    latest().minimized = true
    main.show()
    expect(latest().done.slice(-3)).toEqual(['restore', 'show', 'focus'])
    expect(made).toHaveLength(1)
  })

  test('hides when it is closed and remembers its place', () => {
    main.show()
    latest().emit('ready-to-show')
    expect(close()).toBe(true)
    expect([latest().visible, kept]).toEqual([false, [{ x: 1, y: 2, width: 3, height: 4, isMaximized: false }]])
  })

  test('closes when the program quits', () => {
    main.show()
    main.letGo()
    expect(close()).toBe(false)
  })

  test('keeps what the page is told until the page is there', () => {
    main.send('open-paths', ['/slides/a.svs'])
    main.show()
    main.send('navigate', 'settings')
    expect(latest().sent).toEqual([])
    latest().emit('page:dom-ready')
    main.send('engine-restarted', undefined)
    expect(latest().sent).toEqual([
      ['open-paths', ['/slides/a.svs']],
      ['navigate', 'settings'],
      ['engine-restarted', undefined]
    ])
  })

  test('tells a page that opens later nothing of restarts before', () => {
    main.send('engine-restarted', undefined)
    main.show()
    latest().emit('page:dom-ready')
    expect(latest().sent).toEqual([])
  })

  test('is made anew after its page crashed', () => {
    main.show()
    const crashed = latest()
    crashed.emit('page:render-process-gone', {}, { reason: 'oom' })
    expect([crashed.done.at(-1), gone]).toEqual(['destroy', ['oom']])
    main.show()
    expect(made).toHaveLength(2)
    main.send('navigate', 'queue')
    expect(latest().sent).toEqual([])
  })

  test('is not made anew for a page that ended in order', () => {
    main.show()
    latest().emit('page:render-process-gone', {}, { reason: 'clean-exit' })
    expect(gone).toEqual([])
  })
})
