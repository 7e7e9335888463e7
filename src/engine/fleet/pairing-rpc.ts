import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import { type PairingContract, pairingContract } from '../../shared/contract/pairing.ts'
import { fromRpcError, toRpcError } from '../../shared/contract/rpc-error.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { PairingSession } from '../pairing/index.ts'
import { splitIntoLanes } from './lane.ts'

const os = implement(pairingContract)
  .$context<{ session: PairingSession }>()
  .use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw toRpcError(error instanceof MicrotomeError ? error : internal())
    }
  })

const handler = new RPCHandler({
  start: os.start.handler(({ context }) => context.session.start()),
  prove: os.prove.handler(({ input, context }) => context.session.prove(input)),
  join: os.join.handler(({ input, context }) => ({ entries: context.session.join(input.entries) }))
})

/** Answers a PC where the code is typed, until its socket closes. */
export function servePairing(socket: WebSocket, session: PairingSession): void {
  socket.on('error', () => socket.terminate())
  socket.once('close', () => session.close())
  const lanes = splitIntoLanes(socket, () => socket.terminate())
  void handler.upgrade(lanes.serving, { context: { session } })
}

/** Calls the PC that shows the code. */
export function pairingClientOf(socket: WebSocket): ContractRouterClient<PairingContract> {
  const lanes = splitIntoLanes(socket, () => socket.terminate())
  const rethrow = (error: unknown) => {
    throw fromRpcError(error)
  }
  return createORPCClient(
    new RPCLink({ websocket: lanes.calling, interceptors: [({ next }) => next().catch(rethrow)] })
  )
}

/** A stranger learns nothing of what went wrong inside, which may name a path. */
function internal(): MicrotomeError {
  return new MicrotomeError({
    code: 'internal',
    class: 'bug',
    message: 'The other computer failed while pairing; its log says why.'
  })
}
