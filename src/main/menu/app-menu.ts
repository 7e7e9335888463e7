import type { MenuItemConstructorOptions } from 'electron'
import type { Screen } from '../../shared/bridge.ts'

/** What the menus do beyond the system's own roles. */
export interface MenuActions {
  navigate(screen: Screen): void
  openLogFolder(): void
  about(): void
}

const separator = { type: 'separator' } as const

/** The application's menus; macOS keeps settings, about and quit in a menu of the program's own name. */
export function appMenu(
  { platform, isPackaged }: { platform: string; isPackaged: boolean },
  actions: MenuActions
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [macMenu(actions)] : []),
    fileMenu(isMac, actions),
    { role: 'editMenu' },
    viewMenu(isPackaged, actions),
    { role: 'windowMenu' },
    helpMenu(isMac, actions)
  ]
}

function macMenu(actions: MenuActions): MenuItemConstructorOptions {
  const roles = ['services', 'hide', 'hideOthers', 'unhide', 'quit'] as const
  return {
    role: 'appMenu',
    submenu: [
      { label: 'About Microtome', click: () => actions.about() },
      separator,
      settingsItem(actions),
      separator,
      ...roles.map((role) => ({ role }))
    ]
  }
}

function settingsItem(actions: MenuActions): MenuItemConstructorOptions {
  return { label: 'Settings …', accelerator: 'CmdOrCtrl+,', click: () => actions.navigate('settings') }
}

function fileMenu(isMac: boolean, actions: MenuActions): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      { label: 'Add files …', accelerator: 'CmdOrCtrl+O', click: () => actions.navigate('add-files') },
      { label: 'Add folder …', accelerator: 'CmdOrCtrl+Shift+O', click: () => actions.navigate('add-folder') },
      separator,
      ...(isMac ? [] : [settingsItem(actions), separator]),
      { role: 'close' },
      ...(isMac ? [] : [{ role: 'quit' } as const])
    ]
  }
}

function viewMenu(isPackaged: boolean, actions: MenuActions): MenuItemConstructorOptions {
  const forUs = [{ role: 'reload' }, { role: 'toggleDevTools' }, separator] as const
  return {
    label: '&View',
    submenu: [
      { label: 'Queue', accelerator: 'CmdOrCtrl+1', click: () => actions.navigate('queue') },
      { label: 'Computers', accelerator: 'CmdOrCtrl+2', click: () => actions.navigate('nodes') },
      separator,
      ...(isPackaged ? [] : forUs),
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' }
    ]
  }
}

function helpMenu(isMac: boolean, actions: MenuActions): MenuItemConstructorOptions {
  return {
    role: 'help',
    submenu: [
      { label: 'Open log folder', click: () => actions.openLogFolder() },
      ...(isMac ? [] : [separator, { label: 'About Microtome', click: () => actions.about() }])
    ]
  }
}
