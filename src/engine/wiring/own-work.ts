import { Converters, openWorker, type Worker } from '../worker/index.ts'
import { type MachineParts, openMachine, type ThisMachine } from './machine.ts'

export interface OwnWorkParts extends MachineParts {
  /** The Node binary that runs the converters' children. */
  nodePath: string
}

/** What does this computer's work. */
export interface OwnWork {
  local: ThisMachine
  converters: Converters
  worker: Worker
}

/** Opens what looks at this machine, the converters' children, and the worker that has them convert; `undo` ends them. */
export async function openOwnWork(parts: OwnWorkParts, undo: AsyncDisposableStack): Promise<OwnWork> {
  const { dataDir, clock, log, config } = parts
  const local = await openMachine(parts)
  undo.defer(() => local.close())

  const converters = new Converters({
    launcher: local.launcher,
    clock,
    log: log.part('converters'),
    childEntry: parts.childEntry,
    nodePath: parts.nodePath,
    tools: () => ({ ...local.tools.current(), openslidePath: config.current().openslidePath })
  })
  undo.defer(() => converters.close())
  const worker = await openWorker({
    dataDir,
    clock,
    log: log.part('worker'),
    settings: config.current(),
    machine: {
      hardware: () => local.hardware.current(),
      load: () => local.hardware.load(),
      tools: () => local.versions(),
      profiles: () => local.tools.current().profiles
    },
    converters
  })
  undo.defer(() => worker.close())
  return { local, converters, worker }
}
