import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { atEnd, endProcess } from '../at-end.ts'
import { type Bench, built } from '../bench.ts'
import { environment, firstLine } from '../nodes/running-node.ts'

const run = promisify(execFile)
const cli = built('cli/main.js')
const ready = z.object({ services: z.array(z.object({ name: z.string(), url: z.string() })) })
const created = z.object({ key: z.string() })

/** The built program with its dispatch face on 127.0.0.1, which runs no jobs itself; ends with the bench. */
export interface FaceNode {
  url: string
  key: string
  pid: number
  /** Of V8's inspector, where it was asked for. */
  inspectorUrl?: string | undefined
}

/** Starts a node on a fresh data folder. `inspect` lets its thread be profiled, which makes it slower. */
export async function startFaceNode(bench: Bench, dataDir: string, { inspect = false } = {}): Promise<FaceNode> {
  const key = await createKey(dataDir)
  const options = inspect ? ['--inspect=127.0.0.1:0'] : []
  const quiet = ['--host', '127.0.0.1', '--port', '0', '--ui-port', '0', '--interface', 'none', '--no-local-work']
  const args = ['serve', '--json', '--data', dataDir, ...quiet, '--listen', 'dispatch=127.0.0.1:0']
  const child = spawn(process.execPath, [...options, cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment()
  })
  atEnd(bench.undo, () => endProcess(child))
  const inspector = inspect ? inspectorOf(child.stderr) : undefined
  const { services } = ready.parse(JSON.parse(await firstLine(child)))
  const url = services.find(({ name }) => name === 'dispatch')?.url
  if (url === undefined) throw new Error('the node has no dispatch face')
  return { url, key, pid: child.pid ?? Number.NaN, inspectorUrl: await inspector }
}

async function createKey(dataDir: string): Promise<string> {
  const args = [cli, 'keys', 'create', '--scope', 'admin', '--data', dataDir, '--json']
  const { stdout } = await run(process.execPath, args, { env: environment() })
  return created.parse(JSON.parse(stdout)).key
}

/** Read to the end, since a full pipe would hold up the node. */
function inspectorOf(stderr: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let said = ''
  stderr.on('data', (text) => {
    said += text
    const url = /Debugger listening on (ws:\S+)\s/.exec(said)?.[1]
    if (url !== undefined) resolve(url)
  })
  stderr.on('end', () => reject(new Error(`the node says no address of its inspector: ${said.slice(-500)}`)))
  return promise
}
