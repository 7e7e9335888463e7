import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { MicrotomeError } from '../../shared/errors.ts'
import type { Log } from '../converter.ts'
import { toolFailed, toolMissing } from '../failures.ts'

/** How to run a program. Aborted `signal`: SIGTERM, then SIGKILL 1 s later. */
export interface ToolRun {
  command: string
  args: string[]
  signal: AbortSignal
  log: Log
  /** Ends it with `tool-failed` when nothing came on stdout for so long. */
  silenceLimitMs: number
  /** Called for every line of stdout; without it stdout is collected. */
  onLine?: (line: string) => void
}

/** How a program ended. `stderr`: the last 8 KiB. */
export interface ToolEnd {
  code: number | null
  stdout: string
  stderr: string
}

const graceMs = 1000
const stderrBytes = 8192
const stdoutBytes = 16 << 20
const running = new Set<ChildProcess>()

/** A converter that ends takes its programs along, however it ends; only SIGKILL leaves that to the engine. */
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Runs a program to its end. Throws `tool-missing` if it can't start, the signal's reason if aborted. */
export async function runTool(run: ToolRun): Promise<ToolEnd> {
  run.signal.throwIfAborted()
  run.log('debug', `$ ${[run.command, ...run.args].map(quoted).join(' ')}`)
  const child = spawn(run.command, run.args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  running.add(child)
  const stopper = new Stopper(child, run)
  try {
    const end = await collect(child, run, () => stopper.heard())
    run.signal.throwIfAborted()
    stopper.throwIfSilent()
    return end
  } finally {
    stopper.dispose()
    running.delete(child)
  }
}

/** Ends the program when it is asked to or has been silent for too long. */
class Stopper {
  readonly #child: ChildProcess
  readonly #run: ToolRun
  #silence: NodeJS.Timeout | undefined
  #kill: NodeJS.Timeout | undefined
  #wasSilent = false

  constructor(child: ChildProcess, run: ToolRun) {
    this.#child = child
    this.#run = run
    run.signal.addEventListener('abort', this.#stop, { once: true })
    this.heard()
  }

  heard(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      this.#wasSilent = true
      this.#stop()
    }, this.#run.silenceLimitMs)
  }

  throwIfSilent(): void {
    if (!this.#wasSilent) return
    const seconds = Math.round(this.#run.silenceLimitMs / 1000)
    throw toolFailed(`The program made no progress for ${seconds} s and was ended.`, 'Retry on another computer.')
  }

  dispose(): void {
    clearTimeout(this.#silence)
    clearTimeout(this.#kill)
    this.#run.signal.removeEventListener('abort', this.#stop)
  }

  readonly #stop = () => {
    this.#child.kill('SIGTERM')
    this.#kill ??= setTimeout(() => this.#child.kill('SIGKILL'), graceMs)
  }
}

function collect(child: ChildProcess, { command, onLine }: ToolRun, heard: () => void): Promise<ToolEnd> {
  const out: Buffer[] = []
  let outBytes = 0
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    heard()
    outBytes += chunk.length
    if (!onLine && outBytes <= stdoutBytes) out.push(chunk)
  })
  if (onLine && child.stdout) createInterface(child.stdout).on('line', onLine)
  child.stderr?.on('data', (chunk: Buffer) => {
    err = (err + chunk.toString('utf8')).slice(-stderrBytes)
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(cannotStart(command, error)))
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: err }))
  })
}

function cannotStart(command: string, error: NodeJS.ErrnoException): MicrotomeError {
  const name = command.split(/[\\/]/).at(-1) ?? command
  return toolMissing(
    `${name} could not be started (${error.code}).`,
    'Run `microtome doctor` to see what is missing.',
    error
  )
}

function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
