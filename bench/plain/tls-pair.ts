import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { atEnd, endProcess } from '../at-end.ts'
import type { Bench } from '../bench.ts'
import { environment, firstLine } from '../nodes/running-node.ts'

const receiver = fileURLToPath(new URL('tls-receiver.ts', import.meta.url))

/** A socket to another process and nothing else: no HTTP, no hash, no resuming. Each call sends a whole file and waits until it is there. */
export interface TlsPair {
  toNothing(path: string): Promise<void>
  toFile(path: string): Promise<void>
}

/** Starts the receiving process; it ends with the bench. */
export async function startTlsPair(bench: Bench): Promise<TlsPair> {
  const folder = bench.folder()
  const child = spawn(process.execPath, [receiver, folder, join(folder, 'received')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment()
  })
  atEnd(bench.undo, () => endProcess(child))
  const [nothing = 0, file = 0] = z.array(z.number()).parse(JSON.parse(await firstLine(child)))
  return { toNothing: (path) => send(path, nothing), toFile: (path) => send(path, file) }
}

async function send(path: string, port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  const ended = once(socket.resume(), 'end')
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), socket)
  await ended
  socket.destroy()
}
