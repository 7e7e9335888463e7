import type { BrowserWindowConstructorOptions } from 'electron'
import type { WindowPlace } from './window-place.ts'

export interface WindowLook {
  /** Absolute path of the preload. */
  preload: string
  place: WindowPlace | undefined
  isDark: boolean
  /** Icon file, where the system doesn't take it from the program. */
  icon: string | undefined
  /** Developer tools; not in an installed app. */
  devTools: boolean
}

/** The window as it is created: a sandboxed page that can reach nothing but its preload's bridge. */
export function windowOptions({ preload, place, isDark, icon, devTools }: WindowLook): BrowserWindowConstructorOptions {
  const { isMaximized: _maximized, ...bounds } = place ?? { width: 1280, height: 800 }
  return {
    ...bounds,
    minWidth: 760,
    minHeight: 520,
    title: 'Microtome',
    show: false,
    // The page's own ground, so that nothing flashes before it is painted.
    backgroundColor: isDark ? '#1a1b1e' : '#ffffff',
    ...(icon && { icon }),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // A hidden window still follows a long conversion.
      backgroundThrottling: true,
      devTools
    }
  }
}
