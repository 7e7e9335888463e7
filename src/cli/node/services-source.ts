import { join } from 'node:path'
import { systemClock } from '../../engine/clock.ts'
import { watchFile } from '../../engine/config/index.ts'
import { type ConfigSource, fileSource, ownPlace, secretsPlace } from '../../services/host/index.ts'
import { builtinServices } from '../entry-paths.ts'

/**
 * Where a node's `servers.config.json` is looked for: in `file` alone where one is named; else where hosts put secret files, then in
 * the data folder, then what the product brings along.
 */
export function servicesSource(dataDir: string, file: string | undefined): ConfigSource {
  return fileSource({
    file,
    places: placesOf(process.platform, dataDir),
    builtin: builtinServices,
    lastGoodFile: join(dataDir, 'servers.last-good.json'),
    watchFile: (path, changed) => watchFile(path, systemClock, changed)
  })
}

/** On Windows everybody may make folders on the system's drive, and a configuration names modules to run. */
export function placesOf(platform: NodeJS.Platform, dataDir: string): string[] {
  return platform === 'win32' ? [ownPlace(dataDir)] : [secretsPlace, ownPlace(dataDir)]
}
