import type { App } from 'electron'
import { autostartEntry, type LoginCommand, removeAutostart, writeAutostart } from './xdg-autostart.ts'

export interface LoginOptions {
  platform: string
  command: LoginCommand
  /** `$XDG_CONFIG_HOME`, for Linux. */
  configDir: string
}

/** Registers the program with the system, or takes it off, where that isn't so already. */
export function startAtLogin(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
  { platform, command, configDir }: LoginOptions,
  isWanted: boolean
): void {
  if (platform === 'linux') {
    if (isWanted) writeAutostart(configDir, autostartEntry(command))
    else removeAutostart(configDir)
    return
  }
  // macOS starts the bundle itself and tells by wasOpenedAtLogin; Windows compares program and arguments.
  const started = platform === 'win32' ? { path: command.program, args: [...command.args] } : {}
  if (app.getLoginItemSettings(started).openAtLogin === isWanted) return
  app.setLoginItemSettings({ openAtLogin: isWanted, ...started })
}
