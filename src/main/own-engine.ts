import { join } from 'node:path'
import {
  type EngineCommand,
  type EngineDoor,
  findNode,
  joinEngine,
  openLocalClient,
  Supervisor,
  startEngineProcess
} from './engine/index.ts'
import type { DataPlaces, ProgramPlaces } from './places.ts'
import { systemTimers } from './timers.ts'

/** The engine of this desktop, kept running; not started yet. */
export function ownEngine(data: DataPlaces, program: ProgramPlaces, serveArgs: readonly string[]): Supervisor {
  const { platform, arch, env } = process
  let command: Promise<EngineCommand> | undefined
  const findCommand = async (): Promise<EngineCommand> => {
    const nodePath = await findNode({ platform, arch, root: program.engineDir, path: env.PATH })
    const entry = join(program.engineDir, 'out', 'cli', 'main.js')
    return { nodePath, entry, dataDir: data.dataDir, args: serveArgs, env }
  }
  const commandOnce = (): Promise<EngineCommand> => {
    command ??= findCommand().catch((thrown: unknown) => {
      // Looked for again at the next try: somebody may have installed it.
      command = undefined
      throw thrown
    })
    return command
  }
  return new Supervisor({
    timers: systemTimers,
    launch: async () => startEngineProcess(await commandOnce()),
    join: async () => joinEngine(await commandOnce(), systemTimers),
    askToEnd
  })
}

async function askToEnd(door: EngineDoor, now: boolean): Promise<void> {
  const connection = await openLocalClient(door, systemTimers)
  try {
    // It may be gone before its answer is sent.
    await Promise.race([connection.client.shutdown({ now }), connection.closed])
  } finally {
    connection.close()
  }
}
