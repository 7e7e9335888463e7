import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { readRunFile } from '../../engine/config/index.ts'
import type { LocalContract } from '../../shared/contract/local.ts'
import { MicrotomeError } from '../../shared/errors.ts'

export type LocalClient = ContractRouterClient<LocalContract>

/** A connection to the node of a data folder. */
export interface Door {
  readonly client: LocalClient
  readonly nodeId: string
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>
  close(): void
}

const answerMs = 5_000

/**
 * Connects to the node that runs on a data folder. Undefined where none does: no run file, or a dead node's that nobody
 * listens behind. Throws `not-answering` where one listens but says nothing within 5 s.
 */
export async function openDoor(dataDir: string): Promise<Door | undefined> {
  const info = readRunFile(dataDir)
  if (!info) return undefined
  const socket = new WebSocket(`ws://127.0.0.1:${info.uiPort}/rpc`, ['microtome', `token.${info.token}`])
  const outcome = await opened(socket)
  if (outcome === 'silent') throw notAnswering(dataDir, info.pid)
  // Closed: nobody there, or somebody else who has the port now and doesn't know the token.
  if (outcome === 'closed') return undefined
  return {
    client: createORPCClient(new RPCLink({ websocket: socket })),
    nodeId: info.nodeId,
    closed: new Promise((resolve) => socket.addEventListener('close', () => resolve(), { once: true })),
    close: () => socket.close()
  }
}

function opened(socket: WebSocket): Promise<'open' | 'closed' | 'silent'> {
  const { promise, resolve } = Promise.withResolvers<'open' | 'closed' | 'silent'>()
  const timer = setTimeout(() => {
    resolve('silent')
    socket.close()
  }, answerMs)
  socket.addEventListener('open', () => resolve('open'), { once: true })
  socket.addEventListener('close', () => resolve('closed'), { once: true })
  socket.addEventListener('error', () => resolve('closed'), { once: true })
  return promise.finally(() => clearTimeout(timer))
}

function notAnswering(dataDir: string, pid: number): MicrotomeError {
  return new MicrotomeError({
    code: 'not-answering',
    class: 'transport',
    message: `The node of ${dataDir} (process ${pid}) runs but does not answer.`,
    hint: 'Wait a moment, or end that process and start it again.'
  })
}

/** The door of a command that needs a running node; throws `not-running` where there is none. */
export async function openRunningDoor(dataDir: string): Promise<Door> {
  const door = await openDoor(dataDir)
  if (door) return door
  throw new MicrotomeError({
    code: 'not-running',
    class: 'transport',
    message: `No node runs on the data folder ${dataDir}.`,
    hint: 'Start one with "microtome serve", or name another folder with --data.'
  })
}
