import type { IncomingMessage } from 'node:http'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { PeerLink } from '../fleet/peer-link.ts'
import type { Log } from '../log/index.ts'
import { contentRange, receivedHeader } from './http-range.ts'
import type { IncomingBlob } from './incoming-blob.ts'
import type { OfferedBlob } from './offered-blob.ts'
import { Patience } from './patience.ts'
import { StallGuard } from './stall-guard.ts'
import { cut, transferFailed } from './transfer-error.ts'

/** What carrying takes from outside. */
export interface CarrierOptions {
  clock: Clock
  log: Log
  /** The live link of a node, whichever it is by now. */
  linkOf: (nodeId: string) => PeerLink | undefined
  /** 0..1, for jitter between tries. */
  random: () => number
  /** No byte for this long cuts a connection; 15 s if absent. */
  stallMs?: number
  /** A receiver that got no byte for this long gives up; 90 s if absent. */
  giveUpMs?: number
}

/**
 * Moves blobs over links that come and go. Whoever can dial, dials: the receiver GETs where it dialled the link in force, and else
 * waits while the sender PUTs. Both sides run their half all the time, so a link that is dialled the other way next time is no matter.
 */
export class Carrier {
  readonly #options: CarrierOptions

  constructor(options: CarrierOptions) {
    this.#options = options
  }

  /**
   * Brings a blob in and compares its SHA-256 with the sender's. Rejects with class `transport` (or the sink's error) after removing
   * what was written. Aborting `signal` discards.
   */
  async receive(blob: IncomingBlob, signal: AbortSignal): Promise<string> {
    try {
      await this.#fetchAll(blob, signal)
      const sha256 = await blob.completed
      await this.#compare(blob, sha256, signal)
      return sha256
    } catch (error) {
      await blob.discard(error)
      throw error
    }
  }

  /**
   * Sends a blob wherever this side dials, until the other side has it all (true) or `signal` is aborted (false); the other side may
   * fetch it meanwhile. Throws `blob-gone` where the other side no longer expects it.
   */
  async send(blob: OfferedBlob, toBlobId: string, signal: AbortSignal): Promise<boolean> {
    const patience = new Patience(this.#options.clock, Number.POSITIVE_INFINITY, this.#options.random)
    do {
      const link = this.#options.linkOf(blob.nodeId)
      if (link?.dialled && (await this.#try(() => this.#put(link, blob, toBlobId, signal)))) return true
    } while (await patience.next(blob.sentBytes, signal))
    return false
  }

  async #fetchAll(blob: IncomingBlob, signal: AbortSignal): Promise<void> {
    const { clock, linkOf, random, giveUpMs = 90_000 } = this.#options
    const patience = new Patience(clock, giveUpMs, random)
    const ended = new AbortController()
    const end = () => ended.abort()
    blob.completed.then(end, end)
    do {
      const link = linkOf(blob.nodeId)
      if (link?.dialled && !blob.ended) await this.#try(() => this.#get(link, blob, signal))
      if (blob.ended) return
    } while ((await patience.next(blob.receivedBytes, signal, ended.signal)) || blob.ended)
    if (signal.aborted) throw transferFailed('blob-cancelled', 'A transfer was cancelled.')
    throw transferFailed(
      'transfer-gave-up',
      `No more than ${blob.receivedBytes} of ${blob.ref.sizeBytes} bytes arrived, and none lately.`
    )
  }

  async #get(link: PeerLink, blob: IncomingBlob, signal: AbortSignal): Promise<void> {
    await this.#guarded(signal, async (guardedSignal, touch) => {
      const offset = await blob.interrupt()
      const response = await link.request({
        method: 'GET',
        path: `/blobs/${blob.ref.blobId}`,
        headers: { range: `bytes=${offset}-` },
        signal: guardedSignal
      })
      checkStatus(response, offset > 0 ? 206 : 200)
      guardedSignal.addEventListener('abort', () => response.destroy())
      await blob.feed(response, offset, touch)
    })
  }

  async #put(link: PeerLink, blob: OfferedBlob, toBlobId: string, signal: AbortSignal): Promise<void> {
    const path = `/blobs/${toBlobId}`
    const { sizeBytes } = blob.ref
    await this.#guarded(signal, async (guardedSignal, touch) => {
      const head = await link.request({ method: 'HEAD', path, signal: guardedSignal })
      checkStatus(head, 200)
      head.resume()
      const offset = Number(head.headers[receivedHeader])
      if (offset === sizeBytes) return
      const headers = { 'content-range': contentRange(offset, sizeBytes), 'content-length': String(sizeBytes - offset) }
      const body = blob.stream(offset, touch)
      try {
        const response = await link.request({ method: 'PUT', path, headers, body, signal: guardedSignal })
        checkStatus(response, 200)
        response.resume()
      } finally {
        body.destroy()
      }
    })
  }

  /** One connection under the eye of a stall guard. */
  async #guarded(signal: AbortSignal, carry: (signal: AbortSignal, touch: () => void) => Promise<void>): Promise<void> {
    const stalled = new AbortController()
    const guard = new StallGuard(this.#options.clock, this.#options.stallMs ?? 15_000, () => stalled.abort())
    try {
      await carry(AbortSignal.any([signal, stalled.signal]), () => guard.touch())
    } finally {
      guard.stop()
    }
  }

  /** True when it worked; false when another try makes sense; throws what no try will mend. */
  async #try(carry: () => Promise<void>): Promise<boolean> {
    try {
      await carry()
      return true
    } catch (error) {
      if (error instanceof MicrotomeError && isFinal(error)) throw error
      this.#options.log.debug('a transfer was cut', {}, error)
      return false
    }
  }

  async #compare(blob: IncomingBlob, sha256: string, signal: AbortSignal): Promise<void> {
    const theirs = await this.#askDigest(blob, signal)
    if (theirs === sha256) return
    throw transferFailed('hash-mismatch', 'What arrived is not what was sent: their SHA-256 differ.')
  }

  async #askDigest({ nodeId, ref }: IncomingBlob, signal: AbortSignal): Promise<string> {
    const { clock, linkOf, random, giveUpMs = 90_000 } = this.#options
    const patience = new Patience(clock, giveUpMs, random)
    let failure: MicrotomeError | undefined
    do {
      try {
        const answer = await linkOf(nodeId)?.client.digest({ blobId: ref.blobId }, { signal })
        if (answer) return answer.sha256
      } catch (error) {
        failure = fromRpcError(error)
        if (isFinal(failure)) throw failure
      }
    } while (await patience.next(0, signal))
    throw transferFailed('transfer-gave-up', 'The sender could not be asked for its SHA-256.', failure)
  }
}

/** Transport errors that another connection won't mend. */
const finalCodes = new Set(['blob-gone', 'blob-cancelled', 'size-mismatch', 'source-changed'])

function isFinal(error: MicrotomeError): boolean {
  return error.class !== 'transport' || finalCodes.has(error.code)
}

function checkStatus(response: IncomingMessage, expected: number): void {
  if (response.statusCode === expected) return
  response.resume()
  if (response.statusCode === 404) throw transferFailed('blob-gone', 'The other side no longer knows the transfer.')
  throw cut(`the other side answered ${response.statusCode}`)
}
