import { oc } from '@orpc/contract'
import { z } from 'zod'
import { rosterEntry } from './peer.ts'

const base64 = z.string().max(2048)

/**
 * The only router that an unpaired machine reaches, and only while a code is shown. SRP-6a (RFC 5054, 3072 bit) with
 * the six digits as password, bound to both certificates' keys: the proofs cover them, so a relay in between fails.
 */
export const pairingContract = {
  /** Opens a try; the callee shows the code. Refused with `pairing-closed` while none is shown. */
  start: oc.output(z.object({ salt: base64, serverPublic: base64 })),
  /** One try per code. The answer proves that the callee knew the code too. */
  prove: oc
    .input(z.object({ clientPublic: base64, clientProof: base64 }))
    .output(z.object({ serverProof: base64, name: z.string().max(80) })),
  /** After both proofs: the member sends the roster, with the new entry signed; the newcomer answers with what it knows. */
  join: oc
    .input(z.object({ entries: z.array(rosterEntry).max(5000) }))
    .output(z.object({ entries: z.array(rosterEntry) }))
}
export type PairingContract = typeof pairingContract
