/** The parts of the machine that decide where a user's data lie. */
export interface UserPlaces {
  /** `process.platform` */
  platform: string
  homeDir: string
  env: Readonly<Record<string, string | undefined>>
}

/** Data folder of the node that is meant when none is named: `MICROTOME_DATA`, else where the platform keeps such (env-paths). */
export function defaultDataDir({ platform, homeDir, env }: UserPlaces): string {
  if (env.MICROTOME_DATA) return env.MICROTOME_DATA
  switch (platform) {
    case 'win32':
      return `${env.LOCALAPPDATA ?? `${homeDir}\\AppData\\Local`}\\microtome\\Data`
    case 'darwin':
      return `${homeDir}/Library/Application Support/microtome`
    default:
      return `${env.XDG_DATA_HOME || `${homeDir}/.local/share`}/microtome`
  }
}
