import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import type { ElectronModule } from './electron-parts.ts'
import { pageUrl } from './page/index.ts'
import type { DataPlaces, ProgramPlaces } from './places.ts'
import { MainWindow, onScreen, readPlace, windowOptions, writePlace } from './window/index.ts'

/** The one window of this desktop; not made yet. */
export function ownWindow(
  { app, BrowserWindow, nativeTheme, screen }: ElectronModule,
  data: DataPlaces,
  { appDir }: ProgramPlaces
): MainWindow<BrowserWindow> {
  const placeFile = join(data.userDataDir, 'window.json')
  const window = new MainWindow({
    create: (options) => new BrowserWindow(options),
    url: pageUrl,
    keepPlace: (place) => writePlace(placeFile, place),
    pageGone: () => window.show(),
    options() {
      const kept = readPlace(placeFile)
      const workAreas = screen.getAllDisplays().map((display) => display.workArea)
      const place = kept && onScreen(kept, workAreas)
      const look = {
        preload: join(appDir, 'out', 'preload', 'index.cjs'),
        place,
        isDark: nativeTheme.shouldUseDarkColors,
        icon: process.platform === 'linux' ? join(appDir, 'resources', 'icon.png') : undefined,
        devTools: !app.isPackaged
      }
      return { window: windowOptions(look), isMaximized: place?.isMaximized ?? false }
    }
  })
  return window
}
