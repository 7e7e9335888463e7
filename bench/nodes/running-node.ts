import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { type Door, openRunningDoor } from '../../src/cli/node/index.ts'
import { atEnd, endProcess } from '../at-end.ts'
import { type Bench, built } from '../bench.ts'

const ready = z.object({ event: z.literal('ready'), nodeId: z.string(), peerPort: z.number(), uiUrl: z.string() })

/** `microtome serve` as a process of its own on 127.0.0.1, found by nobody; ends with the bench. */
export interface RunningNode {
  readonly dataDir: string
  readonly pid: number
  readonly nodeId: string
  readonly peerAddress: string
  readonly uiUrl: string
  /** From the start of the process to its `ready`. */
  readonly readyMs: number
  /** May be called twice. */
  stop(): Promise<void>
}

/** Starts a node on a data folder and waits until it accepts work. */
export async function startNode(bench: Bench, dataDir: string, ...more: string[]): Promise<RunningNode> {
  const quiet = ['--host', '127.0.0.1', '--port', '0', '--ui-port', '0', '--interface', 'none']
  const startedMs = performance.now()
  const child = spawn(
    process.execPath,
    [built('cli/main.js'), 'serve', '--json', '--data', dataDir, ...quiet, ...more],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment()
    }
  )
  const stop = () => endProcess(child)
  atEnd(bench.undo, stop)
  const said = await firstLine(child)
  const readyMs = performance.now() - startedMs
  const { nodeId, peerPort, uiUrl } = ready.parse(JSON.parse(said))
  const pid = child.pid ?? Number.NaN
  return { dataDir, pid, nodeId, uiUrl, peerAddress: `127.0.0.1:${peerPort}`, readyMs, stop }
}

/** A connection to the node, as the page and the command line have it; closed with the bench. */
export async function doorOf(bench: Bench, node: RunningNode): Promise<Door> {
  const door = await openRunningDoor(node.dataDir)
  bench.undo.defer(() => door.close())
  return door
}

/** The first line that a program prints; the rest is not read. Throws with what it said on stderr when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the output of the program is not read')
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-2000)
  })
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error(`${child.spawnargs.slice(1, 3).join(' ')} ended before it said anything: ${complaint}`)
}

/**
 * Ours, without what would change how Node starts, and without what sharp's own libvips leaves behind once it is loaded: with it
 * the system's `vips` looks for its modules in the wrong place and opens a slide without OpenSlide.
 */
export function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VIPSHOME: _home, ...rest } = process.env
  return { ...rest, MICROTOME_NO_SETUP: '1' }
}
