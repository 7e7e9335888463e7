import type { TaskResult } from '../../../shared/contract/peer.ts'
import { toJobError } from '../../../shared/errors.ts'
import type { Fencing, LentTask, StagedResult } from '../../scheduler/worker-port.ts'
import type { ByteSink, IncomingBlob } from '../../transfer/index.ts'
import type { PeerParts } from './peer-parts.ts'
import { asOwnDisk, checkedResult } from './result-intake.ts'

type Verdict = 'ok' | 'stale'

/** A result on its way from a worker into its staging folder, and then to the desk. */
export class Receiving {
  /** The desk's word, once the result is whole and checked; `stale` also where it was refused or given up. Rejects only with the desk. */
  readonly verdict: Promise<Verdict>
  readonly #parts: PeerParts
  readonly #workerId: string
  readonly #task: LentTask
  readonly #result: TaskResult
  readonly #incoming: IncomingBlob
  readonly #stop = new AbortController()
  #sha256: string | undefined
  readonly #sourceTransfer: { bytes: number; ms: number }

  constructor(
    parts: PeerParts,
    from: {
      workerId: string
      task: LentTask
      result: TaskResult
      into: ByteSink
      sourceTransfer: { bytes: number; ms: number }
    }
  ) {
    this.#parts = parts
    this.#workerId = from.workerId
    this.#task = from.task
    this.#result = from.result
    this.#sourceTransfer = from.sourceTransfer
    this.#incoming = parts.blobs.expect({ nodeId: from.workerId, ref: from.result.blob, into: from.into })
    this.verdict = this.#receive().finally(() => parts.blobs.withdraw(this.#incoming))
  }

  get blobId(): string {
    return this.#incoming.ref.blobId
  }

  /** The verdict, for the hash that the sender names; another one is of no transfer that we know. */
  async verdictOn(sha256: string): Promise<Verdict> {
    const verdict = await this.verdict
    return this.#sha256 === sha256 ? verdict : 'stale'
  }

  /** Gives up; resolves once nothing of it is written any more. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.verdict
  }

  async #receive(): Promise<Verdict> {
    const { carrier, clock, desk, log } = this.#parts
    const startedMs = clock.monotonicMs()
    try {
      this.#sha256 = await carrier.receive(this.#incoming, this.#stop.signal)
      const result = await checkedResult(this.#task, this.#result)
      if (this.#stop.signal.aborted) return 'stale'
      return await desk.finished(this.#workerId, this.#fencing, this.#measured(result, clock.monotonicMs() - startedMs))
    } catch (error) {
      if (this.#stop.signal.aborted) return 'stale'
      log.warn('a result did not arrive whole', { nodeId: this.#workerId, ...this.#fencing }, error)
      await this.#refuse(error)
      return 'stale'
    }
  }

  #measured(result: StagedResult, ms: number): StagedResult {
    const { bytes, ms: sourceMs } = this.#sourceTransfer
    return { ...result, transfer: { bytes: bytes + this.#result.blob.sizeBytes, ms: Math.max(1, sourceMs + ms) } }
  }

  async #refuse(error: unknown): Promise<void> {
    await this.#parts.desk.failed(this.#workerId, this.#fencing, toJobError(asOwnDisk(error)))
  }

  get #fencing(): Fencing {
    return { taskId: this.#task.taskId, epoch: this.#task.epoch }
  }
}
