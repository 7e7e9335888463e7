import type { MenuItemConstructorOptions, Tray } from 'electron'
import type { Listens } from '../electron-parts.ts'
import type { ShellState } from '../shell-state.ts'
import { trayIcon } from './tray-icon.ts'
import { type TrayActions, trayMenu } from './tray-menu.ts'
import { trayView } from './tray-view.ts'

/** As much of Electron's tray and menu as is needed here. */
export interface TrayParts<Menu> {
  Tray: new (
    icon: string
  ) => Pick<Tray, 'setToolTip' | 'destroy'> & {
    setImage(icon: string): void
    setContextMenu(menu: Menu): void
  } & Listens<'click'>
  Menu: { buildFromTemplate(template: MenuItemConstructorOptions[]): Menu }
}

export interface TrayOptions {
  iconDir: string
  platform: string
  actions: TrayActions
}

export interface ShownTray {
  /** Shows this state; does nothing where it looks the same. */
  update(state: ShellState): void
  destroy(): void
}

/** Puts the icon into the tray. */
export function showTray<Menu>(
  { Tray, Menu }: TrayParts<Menu>,
  { iconDir, platform, actions }: TrayOptions,
  state: ShellState
): ShownTray {
  const iconOf = (icon: 'idle' | 'working' | 'paused') => trayIcon(iconDir, platform, icon)
  const tray = new Tray(iconOf(trayView(state).icon))
  let shown = ''
  // On macOS a click opens the menu, and on Linux most trays know nothing else.
  if (platform === 'win32') tray.on('click', () => actions.show())
  const update = (next: ShellState): void => {
    const view = trayView(next)
    // An open menu is closed when it is replaced: only when there is something new to say.
    if (JSON.stringify(view) === shown) return
    shown = JSON.stringify(view)
    tray.setImage(iconOf(view.icon))
    tray.setToolTip(`Microtome: ${view.line}`)
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(view, actions)))
  }
  update(state)
  return { update, destroy: () => tray.destroy() }
}
