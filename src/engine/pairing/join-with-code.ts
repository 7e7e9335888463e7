import type { ContractRouterClient } from '@orpc/contract'
import type { PairingContract } from '../../shared/contract/pairing.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Candidate, LabBook } from './lab-book.ts'
import { wrongCode } from './pairing-errors.ts'
import { createTypingSide } from './srp.ts'

export interface JoinOptions {
  /** Connected to `newcomer`, whose key TLS proved. */
  client: ContractRouterClient<PairingContract>
  code: string
  own: Candidate
  newcomer: Candidate
  book: LabBook
}

/**
 * The side where the code is typed: proves it, checks the other's proof, then adds it to the lab and exchanges rosters.
 * Throws `wrong-code`, `pairing-closed`, `removed-node`.
 */
export async function joinWithCode(options: JoinOptions): Promise<{ nodeId: string; name: string }> {
  const { client, own, newcomer, book } = options
  const digits = parseCode(options.code)
  book.assertWelcome(newcomer.nodeId)
  const { salt, serverPublic } = await client.start()
  const side = await createTypingSide(digits, { shown: newcomer.publicKey, typed: own.publicKey }, salt, serverPublic)
  const { serverProof, name } = await client.prove({ clientPublic: side.clientPublic, clientProof: side.clientProof })
  if (!side.isProvenBy(serverProof)) throw unproven()
  book.admit({ ...newcomer, name })
  const { entries } = await client.join({ entries: book.entries() })
  book.learn(entries, newcomer.nodeId)
  return { nodeId: newcomer.nodeId, name }
}

function parseCode(code: string): string {
  const digits = code.replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(digits)) throw wrongCode()
  return digits
}

function unproven(): MicrotomeError {
  return new MicrotomeError({
    code: 'wrong-code',
    class: 'input',
    message: 'The computer at that address does not know the code.',
    hint: 'Check the address; another computer may answer there.'
  })
}
