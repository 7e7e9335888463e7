import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { defaultDataDir, type UserPlaces } from '../shared/data-dir.ts'

/** Where this program's own files lie. */
export interface ProgramPlaces {
  /** The clone, or the archive of an installed app: page, preload, icons. */
  appDir: string
  /** What plain Node can read, which knows no archive: the engine, its packages, the Node binary. */
  engineDir: string
}

/** electron-builder unpacks beside the archive what `asarUnpack` names. */
export function programPlaces(app: { isPackaged: boolean; appPath: string; resourcesPath: string }): ProgramPlaces {
  const { isPackaged, appPath, resourcesPath } = app
  return { appDir: appPath, engineDir: isPackaged ? join(resourcesPath, 'app.asar.unpacked') : appPath }
}

/** Where a node's and this window's data lie. */
export interface DataPlaces {
  dataDir: string
  logDir: string
  /** Chromium's own folder; also what makes a start a second one. Each node has its own. */
  userDataDir: string
  isDefault: boolean
}

/** @param named folder of the command line, absolute @param appDataDir Electron's `appData` */
export function dataPlaces(named: string | undefined, appDataDir: string, user: UserPlaces): DataPlaces {
  const dataDir = named ?? defaultDataDir(user)
  const isDefault = dataDir === defaultDataDir({ ...user, env: { ...user.env, MICROTOME_DATA: undefined } })
  const suffix = isDefault ? '' : `-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
  // Not Electron's default: on macOS that is the engine's data folder.
  const userDataDir = join(appDataDir, `microtome-desktop${suffix}`)
  return { dataDir, logDir: join(dataDir, 'logs'), userDataDir, isDefault }
}
