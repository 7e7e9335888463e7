import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { EngineConnection } from '../../shared/bridge.ts'
import type { LocalContract } from '../../shared/contract/local.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Timers } from '../timers.ts'

/** The engine's local contract, typed. */
export type LocalClient = ContractRouterClient<LocalContract>

/** An open connection to the engine's local door. */
export interface LocalConnection {
  readonly client: LocalClient
  /** Resolves when it is gone, whoever ended it. */
  readonly closed: Promise<void>
  close(): void
}

const answerMs = 5_000

/** Dials the local door. Throws `not-answering` where that fails or takes more than 5 s. */
export async function openLocalClient(
  { socketUrl, token }: EngineConnection,
  timers: Pick<Timers, 'after'>
): Promise<LocalConnection> {
  const socket = new WebSocket(socketUrl, ['microtome', `token.${token}`])
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true })
    socket.addEventListener('error', () => resolve(false), { once: true })
    void closed.then(() => resolve(false))
  })
  // A socket that is closed while it dials ends with an error event, which settles `opened`.
  const callOff = timers.after(answerMs, () => socket.close())
  const isOpen = await opened
  callOff()
  if (!isOpen) throw notAnswering()
  return { client: createORPCClient(new RPCLink({ websocket: socket })), closed, close: () => socket.close() }
}

function notAnswering(): MicrotomeError {
  return new MicrotomeError({
    code: 'not-answering',
    class: 'transport',
    message: "Microtome's engine does not answer.",
    hint: 'It is being restarted. Try again in a moment.'
  })
}
