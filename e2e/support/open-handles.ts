import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'

/** What Node keeps open; an internal of Node's, used for the words of a message only. */
export function openHandles(): Set<unknown> {
  const list = '_getActiveHandles' in process ? process._getActiveHandles : undefined
  return new Set<unknown>(typeof list === 'function' ? list.call(process) : [])
}

/** What was opened since, where there is something to say about it. */
export function handlesSince(before: Set<unknown>): string[] {
  return [...openHandles()].filter((handle) => !before.has(handle)).flatMap(describe)
}

function describe(handle: unknown): string[] {
  if (handle instanceof Server) return [`server on ${JSON.stringify(handle.address())}`]
  if (handle instanceof ChildProcess) return [`child process ${handle.pid}: ${handle.spawnargs.join(' ')}`]
  if (!(handle instanceof Socket) || handle.remotePort === undefined) return []
  return [`socket ${handle.localPort} -> ${handle.remoteAddress}:${handle.remotePort}`]
}
