import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import { joinWithCode, type LabBook, pairingClosed } from '../pairing/index.ts'
import { doorPath } from './door-http.ts'
import { unreachable } from './fleet-errors.ts'
import { openSocket } from './open-socket.ts'
import { pairingClientOf } from './pairing-rpc.ts'

export interface JoinLabOptions {
  identity: Identity
  clock: Clock
  book: LabBook
  /** host:port of the PC that shows the code. */
  address: string
  code: string
}

/** Dials the PC that shows the code and brings it into the lab. Throws `unreachable`, `pairing-closed`, `wrong-code`, ... */
export async function joinLab({ identity, clock, book, address, code }: JoinLabOptions) {
  const opened = await openSocket({ identity, clock, address, path: doorPath.pairing, accept: refuseSelf(identity) })
  if (opened.type === 'refused') throw whyRefused(address, opened)
  try {
    return await joinWithCode({
      client: pairingClientOf(opened.socket),
      code,
      own: identity,
      newcomer: opened.key,
      book
    })
  } finally {
    opened.socket.terminate()
    opened.agent.destroy()
  }
}

function refuseSelf(identity: Identity) {
  return ({ nodeId }: { nodeId: string }) => {
    if (nodeId !== identity.nodeId) return
    throw new MicrotomeError({
      code: 'own-address',
      class: 'input',
      message: 'That is the address of this computer.',
      hint: 'Type the address that the other computer shows beside its code.'
    })
  }
}

function whyRefused(address: string, refused: { reason: Error; key?: unknown; removal?: unknown }): Error {
  if (refused.reason instanceof MicrotomeError) return refused.reason
  if (refused.removal) {
    return new MicrotomeError({
      code: 'removed-node',
      class: 'input',
      message: 'This computer was removed from the lab of the other one and can’t come back under its old key.',
      hint: 'Restart Microtome here; it then gets a new key and can be added again.'
    })
  }
  return refused.key ? pairingClosed() : unreachable(address, refused.reason)
}
