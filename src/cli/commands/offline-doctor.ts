import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../engine/clock.ts'
import { type Config, machineDefaults, openConfig, openDataFolder } from '../../engine/config/index.ts'
import {
  ffmpegStaticPath,
  joinMulticast,
  openTools,
  type Run,
  runDoctor,
  thisMachine
} from '../../engine/metrics/index.ts'
import { Launcher } from '../../engine/process/index.ts'
import { setAsideNotice } from '../../engine/storage/index.ts'
import type { Check } from '../../shared/contract/local.ts'
import { toJobError } from '../../shared/errors.ts'
import { type Settings, settingsSchema } from '../../shared/settings.ts'
import { childEntry } from '../entry-paths.ts'

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} }

/** The doctor's checks where no node runs; a data folder that can't be used is one more finding. */
export async function checkWithoutNode(dataDir: string): Promise<Check[]> {
  const findings: Check[] = []
  const noted = (name: string) => (thrown: unknown) => {
    const { message, hint } = toJobError(thrown)
    findings.push({ name, status: 'failed', detail: message, hint })
    return undefined
  }
  const folder = await attempt(() => openDataFolder(dataDir, systemClock)).catch(noted('Data folder'))
  const config = await attempt(() => openOwnConfig(dataDir)).catch(noted('Configuration'))
  try {
    return [...findings, ...(await examine(dataDir, config))]
  } finally {
    await config?.close()
    folder?.close()
  }
}

/** So that what throws at once is caught like what rejects. */
const attempt = async <T>(work: () => T | Promise<T>): Promise<T> => work()

function openOwnConfig(dataDir: string): Config | Promise<Config> {
  const machine = thisMachine()
  return openConfig({ dataDir, environment: process.env, commandLine: {}, machine, clock: systemClock, log: silentLog })
}

async function examine(dataDir: string, config: Config | undefined): Promise<Check[]> {
  const settings: Settings = config?.current() ?? settingsSchema.parse(machineDefaults(thisMachine()))
  const run = runner()
  const tools = await openTools({
    run,
    platform: process.platform,
    environment: process.env,
    settings,
    cacheFile: join(dataDir, 'tools.json'),
    packaged: ffmpegStaticPath()
  })
  return runDoctor({
    settings,
    config: { file: join(dataDir, 'config.json'), error: config?.error() },
    dataDir,
    storageError: setAsideNotice(join(dataDir, 'microtome.db')),
    scratchDir: join(dataDir, 'scratch'),
    node: { version: process.version, path: process.execPath },
    childEntry,
    run,
    findTools: () => tools.search({ fresh: true }),
    listening: undefined,
    interfaces: networkInterfaces,
    joinMulticast,
    wallMs: Date.now()
  })
}

function runner(): Run {
  const launcher = new Launcher({ clock: systemClock, log: silentLog, platform: process.platform })
  return async (file, args, options) => {
    const { code, stdout, stderr } = await launcher.run(file, args, options)
    return { code: code ?? undefined, stdout, stderr }
  }
}
