import { SRP, SrpClient, SrpServer } from 'fast-srp-hap'
import { MicrotomeError } from '../../shared/errors.ts'

const GROUP = SRP.params[3072]
/** Bytes of a public value of the 3072-bit group. */
const PUBLIC_BYTES = 384
/** More than the 32 that are enough: of those the library warns on the console when the first happens to be 0. */
const SECRET_BYTES = 48

/** The two TLS keys (SPKI, base64) between which a pairing runs, as one side sees them. */
export interface ChannelKeys {
  /** Of the node that shows the code. */
  shown: string
  /** Of the node where it is typed. */
  typed: string
}

/**
 * SRP's user name carries both keys, so both proofs cover them: a relay has its own key on each side, the two ends
 * compute from different names, and the right code fails.
 */
function userName({ shown, typed }: ChannelKeys): Buffer {
  return Buffer.from(`microtome-pairing-1\n${shown}\n${typed}`)
}

/** The side that shows the code. `salt` and `serverPublic` go to the other. */
export async function createShowingSide(code: string, keys: ChannelKeys) {
  const [salt, secret] = [await SRP.genKey(32), await SRP.genKey(SECRET_BYTES)]
  const username = userName(keys)
  const verifier = SRP.computeVerifier(GROUP, salt, username, Buffer.from(code))
  // The verifier alone would drop user name and salt from the proof and refuse the right code.
  const server = new SrpServer(GROUP, { username, salt, verifier }, secret)
  return {
    salt: salt.toString('base64'),
    serverPublic: server.computeB().toString('base64'),
    /** The answering proof, or undefined for a wrong one. */
    answer(clientPublic: string, clientProof: string): string | undefined {
      const value = Buffer.from(clientPublic, 'base64')
      if (value.length !== PUBLIC_BYTES) return undefined
      try {
        server.setA(value)
        server.checkM1(Buffer.from(clientProof, 'base64'))
        return server.computeM2().toString('base64')
      } catch {
        return undefined // the library throws for a public value out of range as for a wrong proof; both are a wrong code
      }
    }
  }
}
export type ShowingSide = Awaited<ReturnType<typeof createShowingSide>>

/** The side where the code is typed. Throws `bad-message` where the other side's values are none. */
export async function createTypingSide(code: string, keys: ChannelKeys, salt: string, serverPublic: string) {
  const secret = await SRP.genKey(SECRET_BYTES)
  const value = Buffer.from(serverPublic, 'base64')
  if (value.length !== PUBLIC_BYTES) throw badMessage()
  const client = new SrpClient(GROUP, Buffer.from(salt, 'base64'), userName(keys), Buffer.from(code), secret)
  try {
    client.setB(value)
  } catch (cause) {
    throw badMessage(cause)
  }
  return {
    clientPublic: client.computeA().toString('base64'),
    clientProof: client.computeM1().toString('base64'),
    /** Whether the other side knew the code too. */
    isProvenBy(serverProof: string): boolean {
      try {
        client.checkM2(Buffer.from(serverProof, 'base64'))
        return true
      } catch {
        return false // the library's only way to say no
      }
    }
  }
}

function badMessage(cause?: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'bad-message',
      class: 'transport',
      message: 'The other computer sent a pairing message that is none.',
      hint: 'Check that both computers run the same version of Microtome.'
    },
    { cause }
  )
}
