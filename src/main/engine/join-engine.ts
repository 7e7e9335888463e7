import { execFile } from 'node:child_process'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Timers } from '../timers.ts'
import { doorOf, type EngineDoor, parseEngineLine } from './engine-door.ts'
import type { EngineCommand, EngineProcess } from './engine-process.ts'
import { openLocalClient } from './local-client.ts'

/**
 * Joins the engine that somebody else runs on the data folder (`microtome serve`, a browser start): the window then shows that
 * one, and its end looks like an engine's end. Throws `already-running` where it can't be reached.
 */
export async function joinEngine(command: EngineCommand, timers: Pick<Timers, 'after'>): Promise<EngineProcess> {
  const door = await askForDoor(command)
  const connection = await openLocalClient(door, timers)
  return {
    isOurs: false,
    ready: Promise.resolve(door),
    ended: connection.closed.then(() => ({ code: null, signal: null, error: undefined, lastWords: '' })),
    disconnect: () => connection.close(),
    kill: () => connection.close()
  }
}

function askForDoor({ nodePath, entry, dataDir, env }: EngineCommand): Promise<EngineDoor> {
  const args = ['--disable-warning=ExperimentalWarning', entry, 'status', '--json', `--data=${dataDir}`]
  return new Promise((resolve, reject) =>
    execFile(nodePath, args, { env, timeout: 15_000, windowsHide: true }, (error, stdout) => {
      const said = stdout.split('\n').map(parseEngineLine)
      const line = said.find((one) => one !== undefined && 'uiUrl' in one)
      if (!error && line && 'uiUrl' in line) resolve(doorOf(line.uiUrl))
      else reject(heldByAnother(dataDir))
    })
  )
}

function heldByAnother(dataDir: string): MicrotomeError {
  return new MicrotomeError({
    code: 'already-running',
    class: 'node',
    message: `Another Microtome holds the data folder ${dataDir} and does not answer.`,
    hint: 'Wait for it to end, or end it in the list of processes.'
  })
}
