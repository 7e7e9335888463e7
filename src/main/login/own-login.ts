import { homedir } from 'node:os'
import { join } from 'node:path'
import type { LoginOptions } from './start-at-login.ts'

/** How this very program is started at login: hidden, and on the same node. */
export function ownLogin(
  { isPackaged, appPath, dataDir }: { isPackaged: boolean; appPath: string; dataDir: string | undefined },
  { platform, env, execPath }: Pick<NodeJS.Process, 'platform' | 'env' | 'execPath'>
): LoginOptions {
  // An AppImage is mounted anew at each start; what lasts is its own file.
  const program = env.APPIMAGE ?? execPath
  const args = [...(isPackaged ? [] : [appPath]), '--hidden', ...(dataDir === undefined ? [] : [`--data=${dataDir}`])]
  const configDir = env.XDG_CONFIG_HOME || join(homedir(), '.config')
  return { platform, command: { program, args }, configDir }
}
