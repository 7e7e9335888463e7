import { arch, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { ToolVersions } from '../../shared/domain/nodes.ts'
import type { JobError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import type { EngineLog } from '../log/index.ts'
import {
  ffmpegStaticPath,
  type HardwareMonitor,
  hardwareProbe,
  joinMulticast,
  type Machine,
  openHardware,
  openTools,
  type Run,
  runDoctor,
  sharpVersion,
  type ToolsMonitor
} from '../metrics/index.ts'
import { ChildRecord, Launcher, processIdentity } from '../process/index.ts'

export interface MachineParts {
  dataDir: string
  clock: Clock
  log: EngineLog
  config: Config
  machine: Machine
  /** Of the product. */
  version: string
  /** The program of the converters' children. */
  childEntry: string
  /** Of a damaged database that was set aside. */
  storageError: () => JobError | undefined
}

/** Everything that runs on or looks at this machine: the launcher of processes, hardware and tools. */
export interface ThisMachine {
  launcher: Launcher
  hardware: HardwareMonitor
  tools: ToolsMonitor
  versions(): ToolVersions
  doctor(listening: { peerPort: number; uiPort: number } | undefined): ReturnType<typeof runDoctor>
  /** Stops what is still looked for. */
  close(): Promise<void>
}

/** Ends what a killed engine left running, then looks at the machine. */
export async function openMachine({
  dataDir,
  clock,
  log,
  config,
  machine,
  version,
  childEntry,
  storageError
}: MachineParts): Promise<ThisMachine> {
  const { platform } = process
  const plain = new Launcher({ clock, log, platform })
  const identity = processIdentity(platform, (command, args) => plain.run(command, args))
  const register = new ChildRecord({ dir: join(dataDir, 'children'), platform, identity, log })
  await register.killOrphans()
  const closing = new AbortController()
  const run: Run = async (file, args, { timeoutMs }) =>
    closing.signal.aborted
      ? { code: undefined, stdout: '', stderr: 'The engine is being shut down.' }
      : plain.run(file, args, { timeoutMs, signal: closing.signal })
  const settings = config.current()
  const tools = await openTools({
    run,
    platform,
    environment: process.env,
    settings,
    cacheFile: join(dataDir, 'tools.json'),
    packaged: ffmpegStaticPath()
  })
  const hardware = await openHardware({ clock, machine, probe: hardwareProbe(platform, run), folder: dataDir })
  return {
    launcher: new Launcher({ clock, log, platform, register }),
    hardware,
    tools,
    versions: () => ({
      microtome: version,
      node: `${process.version} ${arch()}`,
      sharp: sharpVersion(),
      ffmpeg: tools.current().ffmpegVersion
    }),
    doctor: (listening) =>
      runDoctor({
        settings: config.current(),
        config: { file: config.file, error: config.error() },
        dataDir,
        storageError: storageError(),
        scratchDir: join(dataDir, 'scratch'),
        node: { version: process.version, path: process.execPath },
        childEntry,
        run,
        findTools: () => tools.search({ fresh: true }),
        listening,
        interfaces: networkInterfaces,
        joinMulticast,
        wallMs: clock.wallMs()
      }),
    async close() {
      closing.abort()
      hardware.close()
      await Promise.all([tools.settled(), hardware.refined])
    }
  }
}
