import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskOffer, TaskResult } from '../../shared/contract/peer.ts'
import type { TaskProgress } from '../../shared/domain/jobs.ts'
import type { Profile } from '../../shared/domain/profiles.ts'
import { type JobError, toJobError } from '../../shared/errors.ts'
import type { PeerLink } from '../fleet/peer-link.ts'
import { removeTree } from '../process/index.ts'
import type { Fencing, HeldTask } from '../scheduler/worker-port.ts'
import { ExpandSink, FileSink, type IncomingBlob, type OfferedBlob, Patience } from '../transfer/index.ts'
import type { Conversion } from './converters.ts'
import type { LabParts } from './lab-parts.ts'
import type { Slot } from './worker.ts'

/** Shares of the whole task's progress: the source's way here, the conversion, the result's way back. */
const fetchedAt = 0.15
const convertedAt = 0.85
/** A result or a verdict is kept for a master that vanished, but not for ever. */
const keepMs = 24 * 3_600_000

/** How a task came out, to be told to its master. */
type Outcome =
  | { type: 'finished'; result: Omit<TaskResult, 'blob'>; path: string }
  | { type: 'failed'; error: JobError }
  | { type: 'released'; reason: string }

/** A lab task's place on this node, taken before the offer is answered. */
export interface LabTaskPlace {
  masterId: string
  offer: TaskOffer
  profile: Profile
  slot: Slot
  scratchDir: string
}

/**
 * One task lent by a paired master, from its offer until the master has settled it:
 *
 *   fetching -> converting -> finished: delivering -+-> settled
 *       |           |-------> failed --------------+    (scratch gone)
 *       '-----------'-------> released ------------'
 *
 * What was lost with a link is said again over the next; only the master's word, or a day without it, ends the waiting.
 */
export class LabTask {
  readonly masterId: string
  readonly fencing: Fencing
  /** Resolves when nothing of the task is left here. Never rejects. */
  readonly gone: Promise<void>
  readonly #parts: LabParts
  readonly #place: LabTaskPlace
  readonly #onMoved: () => void
  /** Ends the work; what it came to is still told. */
  readonly #work = new AbortController()
  /** Ends everything: nobody wants to hear of it any more. */
  readonly #forget = new AbortController()
  readonly #forgotten = aborted(this.#forget.signal)
  readonly #source: IncomingBlob
  #result: OfferedBlob | undefined
  #released: string | undefined
  #state: HeldTask['state'] = 'running'
  #converting: TaskProgress | undefined

  /** Begins at once. `onMoved` is called after progress, often. Throws where the source's blob id is in use. */
  constructor(parts: LabParts, place: LabTaskPlace, onMoved: () => void) {
    this.#parts = parts
    this.#place = place
    this.#onMoved = onMoved
    this.masterId = place.masterId
    this.fencing = { taskId: place.offer.taskId, epoch: place.offer.epoch }
    const { packed, source } = place.offer
    const into = packed ? new ExpandSink(this.#sourceDir, source.sizeBytes) : new FileSink(this.#sourceDir)
    this.#source = parts.blobs.expect({ nodeId: place.masterId, ref: source, into })
    this.gone = this.#live()
  }

  get held(): HeldTask & { progress: TaskProgress } {
    return { ...this.fencing, state: this.#state, progress: this.#progress() }
  }

  /** Stops within 2 s and leaves nothing; the master isn't told, since it is the one who said so. */
  async drop(): Promise<void> {
    this.#forget.abort()
    this.#work.abort()
    await this.gone
  }

  /** Gives the lease back while it is running; resolves once the work has stopped and its master was told. */
  async release(reason: string): Promise<void> {
    if (this.#state !== 'running') return
    this.#released = reason
    this.#work.abort()
    await this.gone
  }

  async #live(): Promise<void> {
    try {
      const outcome = await this.#run()
      this.#place.slot.release()
      await this.#tell(outcome)
    } catch (error) {
      this.#parts.log.error('a task of the lab ended in an unexpected way', { taskId: this.fencing.taskId }, error)
    } finally {
      await this.#leaveNothing()
    }
  }

  async #leaveNothing(): Promise<void> {
    const { blobs, worker } = this.#parts
    this.#place.slot.release()
    blobs.withdraw(this.#source)
    if (this.#result) blobs.withdraw(this.#result)
    await worker.scratch.close(this.#place.scratchDir)
  }

  /** Fetches and converts. Never rejects. */
  async #run(): Promise<Outcome> {
    try {
      await this.#parts.carrier.receive(this.#source, this.#work.signal)
      this.#parts.blobs.withdraw(this.#source)
      const end = await this.#convert()
      if (end.type === 'failed') return this.#outcomeOf(end.error)
      if (end.type === 'cancelled') return { type: 'released', reason: this.#released ?? 'It was stopped.' }
      await removeTree(this.#sourceDir, this.#parts.log)
      this.#state = 'finished'
      const { packed, files, primary, report } = end.result
      return { type: 'finished', path: this.#resultPath, result: { packed, files, primary, report, runMs: end.runMs } }
    } catch (error) {
      return this.#outcomeOf(toJobError(error))
    }
  }

  #outcomeOf(error: JobError): Outcome {
    if (this.#released !== undefined) return { type: 'released', reason: this.#released }
    // A master that was restarted; the file and this computer are as good as before.
    if (error.code === 'blob-gone') return { type: 'released', reason: 'The file was no longer on offer.' }
    this.#state = 'failed'
    return { type: 'failed', error }
  }

  async #convert() {
    const { kind, source } = this.#place.offer
    // The converter's alone: it may use any name in there.
    const scratchDir = join(this.#place.scratchDir, 'work')
    await mkdir(scratchDir)
    const order: Omit<Conversion, 'threads'> = {
      kind,
      profile: this.#place.profile,
      sourcePath: this.#sourcePath,
      sizeBytes: source.sizeBytes,
      scratchDir,
      output: { type: 'blob', path: this.#resultPath }
    }
    return this.#parts.worker.convert(order, {
      signal: this.#work.signal,
      onProgress: (progress) => {
        this.#converting = progress
        this.#onMoved()
      },
      onLog: (_level, message) => this.#parts.log.debug('a converter says', { ...this.fencing, path: message })
    })
  }

  async #tell(outcome: Outcome): Promise<void> {
    const { fencing } = this
    switch (outcome.type) {
      case 'finished':
        return this.#deliver(outcome.path, outcome.result)
      case 'failed':
        return this.#say(async ({ client }) => void (await client.failed({ ...fencing, error: outcome.error })))
      case 'released':
        return this.#say(async ({ client }) => void (await client.released({ ...fencing, reason: outcome.reason })))
    }
  }

  async #deliver(path: string, result: Omit<TaskResult, 'blob'>): Promise<void> {
    const { size } = await stat(path)
    this.#parts.log.debug('a result waits for its master', { ...this.fencing, sizeBytes: size })
    const offered = await this.#parts.blobs.offerFile(path, { nodeId: this.masterId })
    this.#result = offered
    await this.#say((link) => this.#hand(link, offered, { ...result, blob: offered.ref }))
  }

  /** One try to hand the result over; resolves when the master has it or no longer wants it, rejects with the link. */
  async #hand(link: PeerLink, offered: OfferedBlob, result: TaskResult): Promise<void> {
    const linkOrEnd = AbortSignal.any([this.#forget.signal, closedSignal(link)])
    const { verdict, uploadTo } = await link.client.finished({ ...this.fencing, result })
    if (verdict === 'stale') return
    if (uploadTo !== undefined && (await this.#parts.carrier.send(offered, uploadTo, linkOrEnd))) {
      await link.client.delivered({ ...this.fencing, sha256: await offered.digest() })
      return
    }
    // The master fetches it and then says `settled`, which ends all of this; a link that closes is begun again.
    await aborted(linkOrEnd)
    if (!this.#forget.signal.aborted) throw new Error('the link closed before the result was fetched')
  }

  /** Says something to the master until it was heard, over as many links as it takes; gives up after a day. */
  async #say(call: (link: PeerLink) => Promise<void>): Promise<void> {
    const { clock, links, log, random } = this.#parts
    const patience = new Patience(clock, keepMs, random)
    while (!this.#forget.signal.aborted) {
      const link = links.get(this.masterId)
      try {
        // A call that is under way must not keep a dropped task: the master may be waiting for the drop.
        if (link) return await Promise.race([call(link), this.#forgotten])
      } catch (error) {
        log.debug('a master did not hear', { nodeId: this.masterId, ...this.fencing }, error)
      }
      if (!(await patience.next(0, this.#forget.signal))) return
    }
  }

  #progress(): TaskProgress {
    const { sizeBytes } = this.#place.offer.source
    if (this.#result) {
      const part = this.#result.sentBytes / Math.max(1, this.#result.ref.sizeBytes)
      return { stage: 'delivering', progress: convertedAt + (1 - convertedAt) * Math.min(1, part) }
    }
    if (!this.#source.ended)
      return { stage: 'fetching', progress: (fetchedAt * this.#source.receivedBytes) / Math.max(1, sizeBytes) }
    const converting = this.#converting ?? { progress: 0, stage: 'converting' }
    return { ...converting, progress: fetchedAt + (convertedAt - fetchedAt) * converting.progress }
  }

  /** What is to be converted: the one file that came, or what the master named in the zip. */
  get #sourcePath(): string {
    return join(this.#sourceDir, ...(this.#place.offer.packed?.main.split('/') ?? []))
  }

  get #sourceDir(): string {
    return sourceDirIn(this.#place.scratchDir)
  }

  get #resultPath(): string {
    return join(this.#place.scratchDir, 'blob')
  }
}

/** Where the source comes to lie: a file, or a folder for the files of a zip, which must be there before they come. */
export const sourceDirIn = (scratchDir: string) => join(scratchDir, 'source')

function closedSignal(link: PeerLink): AbortSignal {
  const closed = new AbortController()
  void link.closed.then(() => closed.abort())
  return closed.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
