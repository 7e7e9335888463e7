import { join } from 'node:path'
import type { TrayView } from './tray-view.ts'

/** The file that a platform's tray takes: ICO with all sizes, an image that macOS colours itself, or a PNG (and its @2x). */
export function trayIcon(iconDir: string, platform: string, icon: TrayView['icon']): string {
  switch (platform) {
    case 'win32':
      return join(iconDir, `${icon}.ico`)
    case 'darwin':
      return join(iconDir, `${icon}Template.png`)
    default:
      return join(iconDir, `${icon}.png`)
  }
}
