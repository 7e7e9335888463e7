import { randomInt } from 'node:crypto'
import type { PairingEvent } from '../../shared/contract/local.ts'
import type { RosterEntry } from '../../shared/contract/peer.ts'
import { toJobError } from '../../shared/errors.ts'
import type { Clock, Timer } from '../clock.ts'
import { EventStream } from './event-stream.ts'
import type { Candidate, LabBook } from './lab-book.ts'
import { pairingClosed, pairingInterrupted, pairingPaused, wrongCode } from './pairing-errors.ts'
import { createShowingSide, type ShowingSide } from './srp.ts'

const CODE_SHOWN_MS = 60_000
const CODES = 3
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 60 * 60_000
/** A start costs this node about 0.1 s of CPU; a stranger gets few of them out of one code. */
const STARTS_PER_CODE = 8

export interface PairingDeskOptions {
  own: Candidate
  book: LabBook
  clock: Clock
  /** Below `max`; must be unpredictable. */
  randomInt?: (max: number) => number
  /** The name that a node which proved the code is told. */
  name: () => string
}

/** One connection of somebody who types the code. */
export interface PairingSession {
  start(): Promise<{ salt: string; serverPublic: string }>
  prove(proof: { clientPublic: string; clientProof: string }): { serverProof: string; name: string }
  join(entries: RosterEntry[]): RosterEntry[]
  /** The connection is gone. */
  close(): void
}

interface ShownCode {
  digits: string
  starts: number
  expiry: Timer
}

/**
 * The side that shows the code.
 *
 *     closed --open--> showing --right proof--> proven --join--> closed (paired)
 *                      |  ^  ^                    |
 *          wrong proof |  |  +--- interrupted ----+
 *                      v  |
 *                   next code, after the third: closed, and open is refused for a pause that doubles each time
 *
 * A code is used up by the first proof, right or wrong, and by 60 s. Wrong proofs count across codes and openings.
 */
export class PairingDesk {
  readonly #options: PairingDeskOptions
  readonly #randomInt: (max: number) => number
  #stream: EventStream | undefined
  #code: ShownCode | undefined
  #proven: PairingSession | undefined
  #wrong = 0
  #pauses = 0
  #pausedUntilMs = 0

  constructor(options: PairingDeskOptions) {
    this.#options = options
    this.#randomInt = options.randomInt ?? randomInt
  }

  /** Whether the pairing router may be reached at all. */
  get isOpen(): boolean {
    return this.#stream !== undefined
  }

  /** Shows a code; leaving the stream takes it away. A second call ends the first. Throws `pairing-paused`, `removed-node`. */
  open(): AsyncIterableIterator<PairingEvent> {
    const { clock, book, own } = this.#options
    book.assertWelcome(own.nodeId)
    const remainingMs = this.#pausedUntilMs - clock.monotonicMs()
    if (remainingMs > 0) throw pairingPaused(remainingMs)
    this.#finish({ type: 'expired' })
    this.#stream = new EventStream(() => this.#finish())
    const stream = this.#stream
    this.#showCode()
    return stream
  }

  /** Ends an open pairing. */
  close(): void {
    this.#finish({ type: 'expired' })
  }

  session(caller: Candidate): PairingSession {
    let side: { code: ShownCode; srp: ShowingSide } | undefined
    const session: PairingSession = {
      start: async () => {
        if (side) throw pairingClosed()
        const code = this.#countStart()
        const keys = { shown: this.#options.own.publicKey, typed: caller.publicKey }
        side = { code, srp: await createShowingSide(code.digits, keys) }
        return { salt: side.srp.salt, serverPublic: side.srp.serverPublic }
      },
      prove: ({ clientPublic, clientProof }) => {
        if (!side || side.code !== this.#code) throw pairingClosed()
        this.#spendCode()
        const serverProof = side.srp.answer(clientPublic, clientProof)
        if (serverProof === undefined) throw this.#refuseWrongCode()
        this.#orRefuse((book) => book.assertWelcome(caller.nodeId))
        this.#proven = session
        return { serverProof, name: this.#options.name() }
      },
      join: (entries) => {
        if (this.#proven !== session) throw pairingClosed()
        this.#proven = undefined
        return this.#admit(caller, entries)
      },
      close: () => {
        if (this.#proven !== session) return
        this.#proven = undefined
        this.#refuse(pairingInterrupted())
      }
    }
    return session
  }

  #countStart(): ShownCode {
    const code = this.#code
    if (!code || code.starts >= STARTS_PER_CODE) throw pairingClosed()
    code.starts++
    return code
  }

  #showCode(): void {
    const { clock } = this.#options
    const digits = String(this.#randomInt(1_000_000)).padStart(6, '0')
    const expiry = clock.after(CODE_SHOWN_MS, () => this.#finish({ type: 'expired' }))
    this.#code = { digits, starts: 0, expiry }
    this.#stream?.push({ type: 'code', code: digits, expiresAtMs: clock.wallMs() + CODE_SHOWN_MS })
  }

  #spendCode(): void {
    this.#code?.expiry.cancel()
    this.#code = undefined
  }

  #refuseWrongCode(): Error {
    this.#wrong++
    const error = wrongCode()
    this.#refuse(error)
    return error
  }

  /** Tells the reader, then shows the next code; after the last one closes and rests. */
  #refuse(error: unknown): void {
    const triesLeft = CODES - this.#wrong
    this.#stream?.push({ type: 'refused', error: toJobError(error), triesLeft })
    if (triesLeft > 0) this.#showCode()
    else this.#rest()
  }

  #rest(): void {
    this.#wrong = 0
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses++, LONGEST_PAUSE_MS)
    this.#pausedUntilMs = this.#options.clock.monotonicMs() + pauseMs
    this.#finish({ type: 'expired' })
  }

  /** What the book refuses after a right code costs no try, but the code is used up all the same. */
  #orRefuse(consult: (book: LabBook) => void): void {
    try {
      consult(this.#options.book)
    } catch (error) {
      this.#refuse(error)
      throw error
    }
  }

  #admit(caller: Candidate, entries: RosterEntry[]): RosterEntry[] {
    const { book } = this.#options
    const name = ownWordOnName(caller, entries)
    this.#orRefuse(() => book.admit({ ...caller, name }, entries))
    this.#wrong = 0
    this.#pauses = 0
    this.#finish({ type: 'paired', nodeId: caller.nodeId, name })
    return book.entries()
  }

  #finish(last?: PairingEvent): void {
    this.#spendCode()
    this.#proven = undefined
    if (last) this.#stream?.push(last)
    this.#stream?.end()
    this.#stream = undefined
  }
}

/** Every roster begins with what its node calls itself. */
function ownWordOnName({ nodeId }: Candidate, entries: RosterEntry[]): string {
  const own = entries.find((entry) => entry.type === 'add' && entry.nodeId === nodeId && entry.byNodeId === nodeId)
  return own?.name ?? nodeId.slice(0, 7)
}
