import { join } from 'node:path'
import type { JobError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import { type Config, type DataFolder, openConfig, openDataFolder } from '../config/index.ts'
import type { EngineOptions } from '../engine.ts'
import { wasRemoved } from '../fleet/index.ts'
import { type Identity, loadIdentity, retireIdentity } from '../identity/index.ts'
import { Keys } from '../keys/index.ts'
import { type EngineLog, openLog } from '../log/index.ts'
import { type Machine, thisMachine } from '../metrics/index.ts'
import { openOrBegin, type Storage, setAsideNotice } from '../storage/index.ts'

/** What everything else stands on: the data folder and what lies in it. */
export interface Ground {
  machine: Machine
  folder: DataFolder
  log: EngineLog
  /** Reports what can only be a bug of ours. */
  onBug: (thrown: unknown) => void
  config: Config
  storage: Storage
  /** As long as a damaged database lies there that was set aside. */
  storageError: () => JobError | undefined
  keys: Keys
  identity: Identity
}

/** Takes hold of the data folder and reads what a node knows of itself; `undo` lets go of it. Throws `already-running`, `bad-setting` and the like. */
export async function openGround(options: EngineOptions, clock: Clock, undo: AsyncDisposableStack): Promise<Ground> {
  const machine = thisMachine()
  const folder = openDataFolder(options.dataDir, clock)
  undo.defer(() => folder.close())
  const dataDir = folder.dir
  const log = openLog({ dir: join(dataDir, 'logs'), level: 'info', clock, terminal: options.terminal })
  undo.defer(() => log.close())
  const onBug = (thrown: unknown) => log.error('something happened that should not', {}, thrown)
  const config = await openConfig({
    dataDir,
    file: options.configFile,
    environment: process.env,
    commandLine: options.overrides,
    machine,
    clock,
    log
  })
  undo.defer(() => config.close())
  log.setLevel(config.current().logLevel)

  const database = join(dataDir, 'microtome.db')
  const { storage, setAside } = openOrBegin(database, clock)
  undo.defer(() => storage.close())
  if (setAside !== undefined)
    log.error('the job storage was damaged: it was set aside, and this node begins with an empty one; see the doctor')
  const keys = await Keys.open({ store: storage.keys, clock, onBug })
  undo.defer(() => keys.close())
  const storageError = () => setAsideNotice(database)
  return { machine, folder, log, onBug, config, storage, storageError, keys, identity: await ownIdentity(dataDir) }
}

async function ownIdentity(dataDir: string): Promise<Identity> {
  const identity = await loadIdentity(dataDir)
  if (!wasRemoved(dataDir, identity)) return identity
  // A removal wins for ever: only under a new key can this computer be added again.
  retireIdentity(dataDir)
  return loadIdentity(dataDir)
}
