import { join } from 'node:path'
import type { Hardware } from '../../../shared/domain/nodes.ts'
import type { Clock } from '../../clock.ts'
import { Launcher } from '../../process/index.ts'
import { quietLog } from '../../process/testing/quiet-log.ts'
import { Converters } from '../converters.ts'
import { openWorker, type Worker, type WorkerSettings } from '../worker.ts'

/** Settings of a worker that takes everything. */
export const willing: WorkerSettings = { slots: 2, threads: 8, localWork: true, availability: { mode: 'always' } }

/** A real worker with the fixture's converters. `hardware.battery` may be changed. */
export interface TestWorker {
  worker: Worker
  hardware: Hardware
  converters: Converters
  close(): Promise<void>
}

export async function openTestWorker(dataDir: string, clock: Clock, settings = willing): Promise<TestWorker> {
  const hardware: Hardware = {
    cpuModel: 'test',
    cpuThreads: 8,
    memoryBytes: 16e9,
    gpus: [],
    diskFreeBytes: 1e12,
    battery: { present: true, onMains: true },
    os: 'test',
    class: 'laptop'
  }
  const converters = new Converters({
    launcher: new Launcher({ clock, log: quietLog, platform: process.platform }),
    clock,
    log: quietLog,
    childEntry: join(import.meta.dirname, 'fixture-child.ts'),
    nodePath: process.execPath,
    tools: () => ({})
  })
  const worker = await openWorker({
    dataDir,
    clock,
    log: quietLog,
    settings,
    converters,
    machine: {
      hardware: () => hardware,
      load: () => 0,
      tools: () => ({ microtome: '0', node: '24' }),
      profiles: () => ['dzi', 'webp']
    }
  })
  await worker.scratch.wipe()
  const close = async () => {
    await worker.close()
    await converters.close()
  }
  return { worker, hardware, converters, close }
}
