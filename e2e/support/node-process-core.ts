import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { askNode, type Line } from './ask-node.ts'

export type { Line } from './ask-node.ts'

const cli = fileURLToPath(new URL('../../out/cli/main.js', import.meta.url))

export interface CliResult {
  code: number | null
  lines: Line[]
  stderr: string
}

/** Has the runner undo something when the test is over; the last noted is undone first. */
export type AtEnd = (undo: () => Promise<void>) => void

/** A temporary folder that goes with the test. */
export async function temporaryFolder(atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'microtome-e2e-'))
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Runs one command to its end and parses its JSON lines; `onLine` sees each as it comes. */
export async function runCli(
  args: string[],
  options: { onLine?: (line: Line, child: ChildProcess) => void; namespace?: string | undefined } = {}
): Promise<CliResult> {
  const child = launch(args, options.namespace)
  const lines: Line[] = []
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    lines.push(line)
    options.onLine?.(line, child)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, lines, stderr }
}

/** In a network namespace `ip` replaces itself by the program, so signals reach it. */
function launch(args: string[], namespace: string | undefined, env: NodeJS.ProcessEnv = {}) {
  const program = [process.execPath, cli, ...args]
  const [command = '', ...words] = namespace === undefined ? program : ['ip', 'netns', 'exec', namespace, ...program]
  return spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment(), ...env } })
}

export interface NodeOptions {
  /** Network namespace that it runs in. */
  namespace?: string
  dataDir?: string
  name?: string
  peers?: string[]
  args?: string[]
  port?: number
  /** Variables for its environment besides the runner's. */
  env?: NodeJS.ProcessEnv
}

/** A headless node as a process of its own, on 127.0.0.1, without discovery. */
export class NodeProcess {
  readonly dataDir: string
  readonly options: NodeOptions
  #child: ChildProcess | undefined
  ready: {
    nodeId: string
    name: string
    peerPort: number
    uiUrl: string
    /** Faces that listen, where some were asked for. */
    services?: { name: string; url: string }[]
  } = {
    nodeId: '',
    name: '',
    peerPort: 0,
    uiUrl: ''
  }
  stderr = ''

  private constructor(dataDir: string, options: NodeOptions) {
    this.dataDir = dataDir
    this.options = options
  }

  static async start(options: NodeOptions, atEnd: AtEnd): Promise<NodeProcess> {
    const node = new NodeProcess(options.dataDir ?? (await temporaryFolder(atEnd)), options)
    atEnd(async () => {
      await node.stop('SIGKILL')
    })
    await node.restart()
    return node
  }

  get address(): string {
    return `127.0.0.1:${this.ready.peerPort}`
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the node does not run')
    return this.#child.pid
  }

  /** Starts the process (again, on the same data folder and port) and waits until it accepts work. */
  async restart(extraArgs: string[] = []): Promise<void> {
    const port = this.ready.peerPort || this.options.port || 0
    const args = [
      'serve',
      '--json',
      '--data',
      this.dataDir,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--interface',
      'none'
    ]
    for (const peer of this.options.peers ?? []) args.push('--peer', peer)
    if (this.options.name) args.push('--name', this.options.name)
    const allArgs = [...args, ...(this.options.args ?? []), ...extraArgs]
    const child = launch(allArgs, this.options.namespace, this.options.env)
    this.#child = child
    child.stderr.on('data', (chunk) => {
      this.stderr += chunk
    })
    const lines = createInterface({ input: child.stdout })
    const ready = (async () => {
      for await (const text of lines) {
        const line = JSON.parse(text) as Line
        if (line.event === 'ready') return line
      }
      throw new Error(`serve ended before it was ready: ${this.stderr}`)
    })()
    this.ready = (await ready) as unknown as NodeProcess['ready']
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const ended = this.ended()
    if (signal !== 'SIGCONT') this.#child?.kill('SIGCONT')
    this.#child?.kill(signal)
    return ended
  }

  /** Waits until the process ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const [code] = (await once(child, 'close')) as [number | null]
    return code
  }

  cli(command: string, ...args: string[]): Promise<CliResult> {
    return runCli([command, ...args, '--data', this.dataDir, '--json'], { namespace: this.options.namespace })
  }

  /** Pairs `newcomer` into this node's lab, as a person would: the code is shown there and typed here. */
  async pair(newcomer: NodeProcess, address = newcomer.address): Promise<void> {
    let typed: Promise<CliResult> | undefined
    const shown = await runCli(['pair', '--open', '--data', newcomer.dataDir, '--json'], {
      namespace: newcomer.options.namespace,
      onLine: (line) => {
        if (line.event === 'code') typed = this.cli('pair', address, String(line.code))
      }
    })
    const answer = await typed
    if (answer?.code !== 0 || shown.code !== 0)
      throw new Error(`pairing failed: ${JSON.stringify(shown)} ${JSON.stringify(answer)}`)
  }

  /** The nodes as `microtome nodes` lists them. */
  nodes(): Promise<Line[]> {
    return this.#listed('nodes')
  }

  /** The jobs as `microtome jobs` lists them. */
  jobs(): Promise<Line[]> {
    return this.#listed('jobs')
  }

  async #listed(command: 'jobs' | 'nodes'): Promise<Line[]> {
    // From this process its page's port is out of reach.
    if (this.options.namespace !== undefined) return (await this.cli(command)).lines
    return askNode(this.dataDir, command)
  }
}

/** Asks until `predicate` holds; for what no event tells. Fails with what was last seen. */
export async function until<T>(
  ask: () => Promise<T>,
  predicate: (value: T) => boolean,
  timeoutMs = 60_000
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await ask()
    if (predicate(value)) return value
    if (performance.now() > deadline) throw new Error(`not so within ${timeoutMs} ms: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function environment(): NodeJS.ProcessEnv {
  const { VITEST: _vitest, NODE_OPTIONS: _options, ...rest } = process.env
  return { ...rest, MICROTOME_NO_SETUP: '1' }
}
