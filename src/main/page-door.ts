import { join } from 'node:path'
import type { BrowserWindow, OpenDialogOptions } from 'electron'
import type { ElectronModule } from './electron-parts.ts'
import type { Supervisor } from './engine/index.ts'
import { type Caller, pageRequests, serveRequests } from './ipc/index.ts'
import { isOwnPage, servePage } from './page/index.ts'

export interface PageDoorParts {
  electron: ElectronModule
  appDir: string
  engine: Supervisor
  /** The window on the screen, which dialogs belong to. */
  visibleWindow(): BrowserWindow | undefined
}

/** Opens both ways of the page to us: its own protocol, and its requests. */
export function openPageDoor({ electron, appDir, engine, visibleWindow }: PageDoorParts): void {
  const { dialog, ipcMain, protocol, shell } = electron
  servePage(protocol, {
    pageDir: join(appDir, 'out', 'renderer'),
    door: () => (engine.state.kind === 'running' ? engine.state.door : undefined)
  })
  const choose = (options: OpenDialogOptions) => {
    const window = visibleWindow()
    return window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options)
  }
  serveRequests(ipcMain, isOurPage, pageRequests({ connection: () => engine.door(), choose, shell }))
}

/** Our page itself: not a frame within it, not a page that replaced it. */
const isOurPage = ({ senderFrame }: Caller) =>
  senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url)
