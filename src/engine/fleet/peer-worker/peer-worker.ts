import type { TaskResult } from '../../../shared/contract/peer.ts'
import { fromRpcError } from '../../../shared/contract/rpc-error.ts'
import type { TaskProgress } from '../../../shared/domain/jobs.ts'
import type { WorkerStatus } from '../../../shared/domain/nodes.ts'
import { MicrotomeError, toJobError } from '../../../shared/errors.ts'
import type { Fencing, HeldTask, LentTask, WorkerPort } from '../../scheduler/worker-port.ts'
import { pause } from '../../transfer/index.ts'
import type { PeerLink } from '../peer-link.ts'
import { Lent } from './lent.ts'
import { offerSource } from './offer-source.ts'
import type { PeerParts } from './peer-parts.ts'
import { Receiving } from './receiving.ts'
import { openIntake } from './result-intake.ts'

/** Longer than a worker needs to stop an older try of the same task before it answers an offer. */
const offerTimeoutMs = 10_000
const cancelTimeoutMs = 3_000

/** A paired node's worker as this master sees it: sources go out as blobs, results come in as blobs. */
export class PeerWorker implements WorkerPort {
  readonly nodeId: string
  readonly isSelf = false
  readonly #parts: PeerParts
  readonly #lent = new Map<string, Lent>()
  /** Single flight: a worker that says `finished` twice gets one intake. */
  readonly #receiving = new Map<string, Promise<Receiving | undefined>>()
  #status: WorkerStatus | undefined
  #name: string

  constructor(parts: PeerParts, nodeId: string, name: string) {
    this.#parts = parts
    this.nodeId = nodeId
    this.#name = name
  }

  get name(): string {
    return this.#name
  }

  status(): WorkerStatus | undefined {
    return this.#link() ? this.#status : undefined
  }

  async offer(task: LentTask): Promise<{ accepted: boolean; reason?: string | undefined }> {
    const link = this.#link()
    if (!link) return { accepted: false, reason: 'It is not connected.' }
    let lent: Lent | undefined
    try {
      lent = new Lent(this.#parts, task, await offerSource(this.#parts.blobs, task, this.nodeId))
      this.#lent.set(keyOf(task), lent)
      const answer = await this.#ask(link, lent)
      if (answer.accepted) this.#send(lent)
      else this.#takeBack(task)
      return answer
    } catch (error) {
      if (!lent) return this.#unreadable(task, error)
      this.#takeBack(task)
      // It may have taken it, and its answer was lost.
      void this.#tellCancel(task)
      this.#parts.log.debug('an offer was not answered', { nodeId: this.nodeId, taskId: task.taskId }, error)
      return { accepted: false, reason: fromRpcError(error).message }
    }
  }

  async cancel(fencing: Fencing): Promise<void> {
    await Promise.all([this.#forget(fencing), this.#tellCancel(fencing)])
  }

  async held(): Promise<HeldTask[]> {
    const link = this.#link()
    if (!link)
      throw new MicrotomeError({ code: 'unreachable', class: 'transport', message: `${this.#name} is not connected.` })
    return link.client.held()
  }

  async pause(now: boolean): Promise<void> {
    await this.#link()?.client.pause({ now })
  }

  async resume(): Promise<void> {
    await this.#link()?.client.resume()
  }

  /** A new link; what it can do it says next. */
  linkUp(link: PeerLink): void {
    this.#name = link.name
  }

  /** The node can't be reached. Leases go on: it may be back in time. */
  linkDown(): void {
    this.#status = undefined
  }

  /** True where something changed that decides on work. */
  setStatus(status: WorkerStatus): boolean {
    const before = this.#status
    this.#status = status
    return before === undefined || decisive(before) !== decisive(status)
  }

  /** It waits for a source that an earlier run of this master began to send: nobody will. */
  waitsInVain({ progress, ...fencing }: Fencing & { progress: TaskProgress }): boolean {
    return progress.stage === 'fetching' && !this.#lent.has(keyOf(fencing))
  }

  /** The worker says that its result is ready: makes room for it. Answers the blob to send it to, or `stale`. */
  async finished(fencing: Fencing, result: TaskResult): Promise<{ verdict: 'ok' | 'stale'; uploadTo?: string }> {
    const task = await this.#parts.desk.valid(this.nodeId, fencing)
    if (!task) return { verdict: 'stale' }
    const receiving = await this.#receive(task, result)
    if (!receiving) return { verdict: 'stale' }
    return this.#link()?.dialled ? { verdict: 'ok' } : { verdict: 'ok', uploadTo: receiving.blobId }
  }

  /** The worker says that it has sent all of it: what became of it. */
  async delivered(fencing: Fencing, sha256: string): Promise<'ok' | 'stale'> {
    const receiving = await this.#receiving.get(keyOf(fencing))
    return (await receiving?.verdictOn(sha256)) ?? 'stale'
  }

  /** The lease ended without a result, or is no longer valid: takes the source back, drops what had arrived. */
  async forget(fencing: Fencing): Promise<void> {
    await this.#forget(fencing)
  }

  /** Drops everything; the node left the lab or the engine ends. */
  async close(): Promise<void> {
    const receiving = await Promise.all(this.#receiving.values())
    await Promise.all(receiving.map((one) => one?.stop()))
    for (const lent of this.#lent.values()) lent.end()
    this.#lent.clear()
  }

  #link(): PeerLink | undefined {
    const link = this.#parts.linkOf(this.nodeId)
    return link?.compatible ? link : undefined
  }

  async #ask(link: PeerLink, { task, source, packed }: Lent) {
    const { taskId, epoch, kind, profile } = task
    const name = this.#parts.shareFileNames() ? { name: task.name } : {}
    const tooLong = new AbortController()
    const timer = this.#parts.clock.after(offerTimeoutMs, () => tooLong.abort())
    try {
      return await link.client.offer(
        { taskId, epoch, kind, profile, source: source.ref, packed, ...name },
        { signal: tooLong.signal }
      )
    } finally {
      timer.cancel()
    }
  }

  #takeBack(fencing: Fencing): void {
    this.#lent.get(keyOf(fencing))?.end()
    this.#lent.delete(keyOf(fencing))
  }

  #send(lent: Lent): void {
    lent.sendSource((error) =>
      this.#parts.log.warn('a source could not be sent', { nodeId: this.nodeId, taskId: lent.task.taskId }, error)
    )
  }

  /** A source that can't be read is the job's fault: offering it elsewhere would not help. */
  async #unreadable(task: LentTask, error: unknown): Promise<{ accepted: boolean; reason?: string }> {
    const { code, message } = toJobError(error)
    if (code === 'name-not-portable') return { accepted: false, reason: message }
    await this.#parts.desk.failed(this.nodeId, task, toJobError(error))
    return { accepted: true }
  }

  async #tellCancel({ taskId, epoch }: Fencing): Promise<void> {
    const told = new AbortController()
    const telling = this.#link()
      ?.client.cancel({ taskId, epoch })
      // Its next heartbeat is told that the lease is stale.
      .catch((error: unknown) => this.#parts.log.debug('a cancel did not arrive', { nodeId: this.nodeId }, error))
      .finally(() => told.abort())
    if (telling) await pause(this.#parts.clock, cancelTimeoutMs, told.signal)
  }

  async #forget(fencing: Fencing): Promise<void> {
    this.#takeBack(fencing)
    await (await this.#receiving.get(keyOf(fencing)))?.stop()
  }

  #receive(task: LentTask, result: TaskResult): Promise<Receiving | undefined> {
    const key = keyOf(task)
    const known = this.#receiving.get(key)
    if (known) return known
    const begun = this.#begin(task, result)
    this.#receiving.set(key, begun)
    void this.#settle(task, begun)
    return begun
  }

  async #settle(task: LentTask, begun: Promise<Receiving | undefined>): Promise<void> {
    try {
      await (await begun)?.verdict
    } catch (error) {
      this.#parts.log.error('what became of a result could not be told', { nodeId: this.nodeId }, error)
    } finally {
      this.#receiving.delete(keyOf(task))
      this.#takeBack(task)
    }
    await this.#tellSettled(task)
  }

  /** Undefined where the result can't be taken in; the desk knows then. */
  async #begin(task: LentTask, result: TaskResult): Promise<Receiving | undefined> {
    try {
      const into = await openIntake(task, result)
      const sourceTransfer = () => this.#lent.get(keyOf(task))?.transfer ?? { bytes: 0, ms: 0 }
      return new Receiving(this.#parts, { workerId: this.nodeId, task, result, into, sourceTransfer: sourceTransfer() })
    } catch (error) {
      this.#parts.log.warn('a result can not be taken in', { nodeId: this.nodeId, taskId: task.taskId }, error)
      await this.#parts.desk.failed(this.nodeId, task, toJobError(error))
      return undefined
    }
  }

  async #tellSettled({ taskId, epoch }: Fencing): Promise<void> {
    try {
      await this.#link()?.client.settled({ taskId, epoch })
    } catch (error) {
      // It asks again when it is back, and hears that the lease is over.
      this.#parts.log.debug('a worker did not hear that a task is settled', { nodeId: this.nodeId }, error)
    }
  }
}

const keyOf = ({ taskId, epoch }: Fencing) => `${taskId}.${epoch}`

/** What of a status decides on work; load and free disk change all the time. */
function decisive({ state, reason, slots, busy, profiles }: WorkerStatus): string {
  return JSON.stringify([state, reason, slots, busy, profiles])
}
