import type { App, MenuItemConstructorOptions } from 'electron'
import { appMenu, type MenuActions } from './app-menu.ts'

/** As much of Electron's menus as is needed here. */
export interface MenuParts<Menu> {
  buildFromTemplate(template: MenuItemConstructorOptions[]): Menu
  setApplicationMenu(menu: Menu | null): void
}

type AboutPart = Pick<App, 'getVersion' | 'isPackaged' | 'setAboutPanelOptions' | 'showAboutPanel'>

/** Sets the application's menus and what its About box says. */
export function setMenu<Menu>(
  app: AboutPart,
  menus: MenuParts<Menu>,
  { platform, iconPath }: { platform: string; iconPath: string },
  actions: Omit<MenuActions, 'about'>
): void {
  app.setAboutPanelOptions({
    applicationName: 'Microtome',
    applicationVersion: app.getVersion(),
    copyright: 'Apache License 2.0',
    iconPath
  })
  const all = { ...actions, about: () => app.showAboutPanel() }
  menus.setApplicationMenu(menus.buildFromTemplate(appMenu({ platform, isPackaged: app.isPackaged }, all)))
}
