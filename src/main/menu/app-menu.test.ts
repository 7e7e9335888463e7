import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test } from 'vitest'
import { setMenu } from './set-menu.ts'

type Item = MenuItemConstructorOptions

function menusOn(platform: string, isPackaged = true) {
  const done: string[] = []
  const set: Item[][] = []
  const about: unknown[] = []
  const app = {
    isPackaged,
    getVersion: () => '0.1.0',
    setAboutPanelOptions: (options: unknown) => void about.push(options),
    showAboutPanel: () => void done.push('about')
  }
  const menus = {
    buildFromTemplate: (template: Item[]) => template,
    setApplicationMenu: (menu: Item[] | null) => void (menu && set.push(menu))
  }
  setMenu(
    app,
    menus,
    { platform, iconPath: '/icon.png' },
    {
      navigate: (screen) => done.push(screen),
      openLogFolder: () => done.push('logs')
    }
  )
  const items = flat(set[0] ?? [])
  const click = (label: string) => (items.find((item) => item.label === label)?.click as (() => void) | undefined)?.()
  return { items, roles: items.map((item) => item.role).filter(Boolean), click, done, about, top: set[0] ?? [] }
}

function flat(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])
}

describe('the menus', () => {
  test.each(['win32', 'darwin', 'linux'])('of %s lead to every screen, the log and About', (platform) => {
    const { click, done } = menusOn(platform)
    const labels = [
      'Add files …',
      'Add folder …',
      'Settings …',
      'Queue',
      'Computers',
      'Open log folder',
      'About Microtome'
    ]
    for (const label of labels) click(label)
    expect(done).toEqual(['add-files', 'add-folder', 'settings', 'queue', 'nodes', 'logs', 'about'])
  })

  test.each(['win32', 'darwin', 'linux'])(
    'of %s can edit text, close and quit by the system’s own roles',
    (platform) => {
      expect(menusOn(platform).roles).toEqual(
        expect.arrayContaining(['editMenu', 'windowMenu', 'close', 'quit', 'help'])
      )
    }
  )

  test('keep settings and quit in the menu of the program on macOS, and in no other', () => {
    const { top, items } = menusOn('darwin')
    expect(top[0]?.role).toBe('appMenu')
    expect(items.filter((item) => item.label === 'Settings …')).toHaveLength(1)
    expect(items.filter((item) => item.role === 'quit')).toHaveLength(1)
    expect(menusOn('win32').roles).not.toContain('appMenu')
  })

  test('have developer tools outside an installed app only', () => {
    expect(menusOn('linux', true).roles).not.toContain('toggleDevTools')
    expect(menusOn('linux', false).roles).toContain('toggleDevTools')
  })

  test('tell the version in About', () => {
    expect(menusOn('linux').about).toMatchObject([{ applicationName: 'Microtome', applicationVersion: '0.1.0' }])
  })

  test('give no key to two items', () => {
    const keys = menusOn('linux').items.flatMap((item) => item.accelerator ?? [])
    expect(new Set(keys).size).toBe(keys.length)
  })
})
