import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { MenuItemConstructorOptions } from 'electron'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { NodeStatus } from '../../shared/contract/local.ts'
import type { ShellState } from '../shell-state.ts'
import { runningEngine, sampleCounts, sampleStatus } from '../testing/samples.ts'
import { showTray } from './show-tray.ts'
import { trayIcon } from './tray-icon.ts'
import { type TrayActions, trayMenu } from './tray-menu.ts'
import { type TrayView, trayView } from './tray-view.ts'

const running = (status: Partial<NodeStatus>): ShellState => ({ engine: runningEngine, status: sampleStatus(status) })

describe('what the tray shows', () => {
  test.each<[string, ShellState, Partial<TrayView>]>([
    ['a node at rest', running({}), { icon: 'idle', line: 'Ready', action: 'pause' }],
    [
      'a node at work',
      running({ worker: 'working', counts: sampleCounts({ running: 2, queued: 14 }), remainingMs: 300_000 }),
      { icon: 'working', line: 'Working: 2 running, 14 waiting, about 5 min left', action: 'pause' }
    ],
    [
      'a node whose jobs run elsewhere',
      running({ counts: sampleCounts({ running: 1, verifying: 1 }), remainingMs: 20_000 }),
      { icon: 'working', line: 'Working: 2 running, less than a minute left' }
    ],
    ['work for others', running({ worker: 'working' }), { icon: 'working', line: 'Working' }],
    ['hours of work', running({ worker: 'working', remainingMs: 4 * 3_600_000 }), { line: 'Working: about 4 h left' }],
    [
      'a pause that waits for what runs',
      running({ worker: 'pausing', counts: sampleCounts({ running: 1 }) }),
      { icon: 'paused', line: 'Pausing after what runs: 1 running', action: 'resume' }
    ],
    [
      'a pause',
      running({ worker: 'paused', counts: sampleCounts({ queued: 3 }) }),
      { icon: 'paused', line: 'Paused: 3 waiting', action: 'resume' }
    ],
    [
      'hours that are not those of the lab',
      running({ worker: 'unavailable', workerReason: 'Available from 18:30.' }),
      { icon: 'paused', line: 'Available from 18:30.' }
    ],
    [
      'a start',
      { engine: { kind: 'starting' }, status: undefined },
      { icon: 'idle', line: 'Starting …', action: 'none' }
    ],
    ['a restart', { engine: { kind: 'waiting', delayMs: 1 }, status: undefined }, { icon: 'paused', action: 'none' }],
    [
      'an engine that was given up',
      { engine: { kind: 'given-up', error: { code: 'c', class: 'bug', message: 'm' } }, status: undefined },
      { icon: 'paused', action: 'try-again' }
    ],
    [
      'an engine that finishes',
      { engine: { kind: 'ending', now: false }, status: sampleStatus() },
      { icon: 'working', line: 'Quits when what runs is done', action: 'none' }
    ]
  ])('for %s', (_name, state, view) => {
    expect(trayView(state)).toMatchObject(view)
  })
})

describe("the tray's menu", () => {
  function menuOf(view: Partial<TrayView>) {
    const done: string[] = []
    const actions: TrayActions = {
      show: () => done.push('show'),
      pause: (now) => done.push(`pause ${now}`),
      resume: () => done.push('resume'),
      tryAgain: () => done.push('try again'),
      quit: () => done.push('quit')
    }
    const menu = trayMenu({ icon: 'idle', line: 'Ready', action: 'pause', ...view }, actions)
    const click = (label: string) => (menu.find((item) => item.label === label)?.click as (() => void) | undefined)?.()
    return { labels: menu.map((item) => item.label).filter(Boolean), menu, click, done }
  }

  test('begins with the status, which is no button', () => {
    expect(menuOf({}).menu[0]).toEqual({ label: 'Ready', enabled: false })
  })

  test('offers both ways to pause, or to resume', () => {
    const paused = menuOf({ action: 'resume' })
    const ready = menuOf({ action: 'pause' })
    for (const label of ['Pause after what runs', 'Pause now', 'Show Microtome', 'Quit Microtome']) ready.click(label)
    paused.click('Resume')
    expect(ready.done).toEqual(['pause false', 'pause true', 'show', 'quit'])
    expect([paused.labels.includes('Resume'), paused.done]).toEqual([true, ['resume']])
  })

  test('offers nothing that no engine could do', () => {
    expect(menuOf({ action: 'none' }).labels).toEqual(['Ready', 'Show Microtome', 'Quit Microtome'])
    expect(menuOf({ action: 'try-again' }).labels).toContain('Try again')
  })
})

type Menu = MenuItemConstructorOptions[]

class FakeTray {
  static made: FakeTray[] = []
  readonly icons: string[]
  readonly tips: string[] = []
  readonly menus: Menu[] = []
  readonly listeners = new Map<string, () => void>()
  constructor(icon: string) {
    this.icons = [icon]
    FakeTray.made.push(this)
  }
  setImage(icon: string): void {
    this.icons.push(icon)
  }
  setToolTip(tip: string): void {
    this.tips.push(tip)
  }
  setContextMenu(menu: Menu): void {
    this.menus.push(menu)
  }
  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener)
  }
  destroy(): void {}
}

describe('the tray', () => {
  const actions: TrayActions = { show() {}, pause() {}, resume() {}, tryAgain() {}, quit() {} }
  const parts = { Tray: FakeTray, Menu: { buildFromTemplate: (template: Menu) => template } }

  function shown(platform: string) {
    const tray = showTray(parts, { iconDir: '/icons', platform, actions }, running({}))
    const fake = FakeTray.made.at(-1)
    if (!fake) throw new Error('No tray was made.')
    return { tray, fake }
  }

  test('follows the state in icon, tip and menu', () => {
    const { tray, fake } = shown('linux')
    tray.update(running({ worker: 'paused' }))
    expect(fake.icons.at(-1)).toBe(join('/icons', 'paused.png'))
    expect(fake.tips).toEqual(['Microtome: Ready', 'Microtome: Paused'])
    expect(fake.menus.at(-1)?.some((item) => item.label === 'Resume')).toBe(true)
  })

  test('leaves an open menu alone while nothing changes that it shows', () => {
    const { tray, fake } = shown('linux')
    tray.update(running({ name: 'Renamed' }))
    expect(fake.menus).toHaveLength(1)
  })

  test('shows the window at a click on Windows; elsewhere a click opens the menu', () => {
    expect([...shown('win32').fake.listeners.keys()]).toEqual(['click'])
    expect([...shown('darwin').fake.listeners.keys()]).toEqual([])
  })
})

describe("the tray's icons", () => {
  const dir = resolve(import.meta.dirname, '../../../resources/tray')
  const states = ['idle', 'working', 'paused'] as const

  test.each(['win32', 'darwin', 'linux'])('are there for %s', (platform) => {
    for (const state of states) expect(existsSync(trayIcon(dir, platform, state)), state).toBe(true)
  })

  test('are there in twice the size', async () => {
    for (const state of states)
      for (const kind of ['', 'Template']) {
        const [once, twice] = await Promise.all(
          ['', '@2x'].map((scale) => sharp(join(dir, `${state}${kind}${scale}.png`)).metadata())
        )
        expect(twice?.width).toBe(2 * (once?.width ?? 0))
      }
  })

  test('have no colour where macOS colours them', async () => {
    for (const state of states) {
      const { channels } = await sharp(join(dir, `${state}Template@2x.png`)).stats()
      expect(channels.slice(0, 3).map((channel) => channel.max)).toEqual([0, 0, 0])
    }
  })
})
