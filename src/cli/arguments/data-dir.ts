import { posix, win32 } from 'node:path'

/** The parts of the machine that decide where a user's data lie. */
export interface UserPlaces {
  platform: NodeJS.Platform
  homeDir: string
  env: NodeJS.ProcessEnv
}

/** Data folder of the node that is meant when none is named: `MICROTOME_DATA`, else where the platform keeps such (env-paths). */
export function defaultDataDir({ platform, homeDir, env }: UserPlaces): string {
  if (env.MICROTOME_DATA) return env.MICROTOME_DATA
  switch (platform) {
    case 'win32':
      return win32.join(env.LOCALAPPDATA ?? win32.join(homeDir, 'AppData', 'Local'), 'microtome', 'Data')
    case 'darwin':
      return posix.join(homeDir, 'Library', 'Application Support', 'microtome')
    default:
      return posix.join(env.XDG_DATA_HOME || posix.join(homeDir, '.local', 'share'), 'microtome')
  }
}
