import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { type JobError, toJobError } from '../../shared/errors.ts'
import { doorOf, type EngineDoor, parseEngineLine } from './engine-door.ts'

/** How an engine came to its end. `lastWords`: the last lines of its stderr; may hold paths, so for this user's eyes only. */
export interface EngineEnd {
  code: number | null
  signal: string | null
  /** What it said was wrong, in order to be shown. */
  error: JobError | undefined
  lastWords: string
}

/** One engine, from its start to its end. */
export interface EngineProcess {
  /** False for an engine that somebody else started and that we only joined. */
  readonly isOurs: boolean
  /** Resolves once it takes connections; stays open if it ends before. */
  readonly ready: Promise<EngineDoor>
  /** Resolves when it is gone; never rejects. */
  readonly ended: Promise<EngineEnd>
  /** Closes the channel between us, at which it ends in order. */
  disconnect(): void
  /** Ends it at once. */
  kill(): void
}

/** What to run. */
export interface EngineCommand {
  nodePath: string
  /** Absolute path of `out/cli/main.js`. */
  entry: string
  dataDir: string
  /** More options of `serve`. */
  args: readonly string[]
  env: NodeJS.ProcessEnv
}

const keptChars = 4_000

/** Starts `microtome serve` as a child that ends when we do: its IPC channel closes with our process, however that ends. */
export function startEngineProcess({ nodePath, entry, dataDir, args, env }: EngineCommand): EngineProcess {
  const words = ['--disable-warning=ExperimentalWarning', entry, 'serve', '--json', '--supervised']
  const child = spawn(nodePath, [...words, `--data=${dataDir}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environmentOf(env),
    windowsHide: true
  })
  return watched(child)
}

/** Electron's own switches and those of a wrapper must not reach the engine. */
function environmentOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _run, NODE_OPTIONS: _options, MICROTOME_RUNS_LINKED: _linked, ...rest } = env
  return rest
}

function watched(child: ChildProcess): EngineProcess {
  const ready = Promise.withResolvers<EngineDoor>()
  const ended = Promise.withResolvers<EngineEnd>()
  let error: JobError | undefined
  let lastWords = ''
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseEngineLine(text)
      if (!line || !('event' in line)) return
      if (line.event === 'error') error = line.error
      else ready.resolve(doorOf(line.uiUrl))
    })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-keptChars)
  })
  child.on('error', (thrown) => {
    error = toJobError(thrown)
    // It never ran, so nothing will close.
    if (child.pid === undefined) ended.resolve({ code: null, signal: null, error, lastWords })
  })
  // Node leaves out the event `close` where this side closed the channel: the exit, and all that was said before it.
  const saidAll = Promise.allSettled([child.stdout, child.stderr].map((stream) => stream && finished(stream)))
  child.once('exit', (code, signal) => void saidAll.then(() => ended.resolve({ code, signal, error, lastWords })))
  return {
    isOurs: true,
    ready: ready.promise,
    ended: ended.promise,
    disconnect: () => void (child.connected && child.disconnect()),
    kill: () => void child.kill('SIGKILL')
  }
}
