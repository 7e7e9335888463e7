import { dirname } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import { engineIdOf, workerIdOfEngine } from '../scheduler/index.ts'
import type { BookEntry } from './book-entry.ts'
import { BookKeeper } from './book-keeper.ts'
import type {
  DispatchApi,
  DispatchFigures,
  DispatchJob,
  DispatchWish,
  EngineHeartbeat,
  OutsideEngine
} from './dispatch-api.ts'
import { queueFull, wrongState } from './dispatch-errors.ts'
import type { DispatchParts } from './dispatch-parts.ts'
import { endedOf } from './ended-of.ts'
import { EngineBook } from './engine-book.ts'
import { EngineDesk } from './engine-desk.ts'
import { EngineTries } from './engine-tries.ts'
import { EngineWatch } from './engine-watch.ts'
import { factsOf, newJobOf, recordOf, submissionOf } from './new-job.ts'
import { OrderedIds } from './ordered-ids.ts'
import { PendingExpiry } from './pending-expiry.ts'
import { Poking } from './poking.ts'

/** Beyond any queue that somebody means: each job has its place in memory. */
const mostOpenJobs = 1_000_000
const openStates = ['queued', 'held', 'running', 'verifying'] as const
const videoProfiles = ['h264', 'h265', 'vp9', 'av1'] as const

/** Jobs by URL and the outside engines that may run them; see {@link DispatchApi}. */
export class Dispatch implements DispatchApi {
  readonly #parts: DispatchParts
  readonly #keeper: BookKeeper
  readonly #engines: EngineBook
  readonly #desk: EngineDesk
  readonly #watch: EngineWatch
  readonly #expiry: PendingExpiry
  readonly #poking: Poking
  readonly #ids = new OrderedIds()

  private constructor(parts: DispatchParts) {
    const { clock, onBug } = parts
    this.#poking = new Poking({ clock, poke: parts.poke, anybodyFree: () => parts.anybodyFree(videoProfiles) })
    this.#parts = { ...parts, poke: () => this.#poking.poke() }
    this.#keeper = new BookKeeper(this.#parts)
    const timeoutMs = parts.engineTimeoutMs
    const heldBy = (engineId: string) => this.#keeper.book.heldBy(workerIdOfEngine(engineId))
    this.#engines = new EngineBook({ clock, timeoutMs, heldBy })
    const tries = new EngineTries(this.#parts, this.#keeper, this.#engines)
    this.#desk = new EngineDesk(this.#parts, this.#keeper, this.#engines, tries)
    const watched = { keeper: this.#keeper, engines: this.#engines, desk: this.#desk, tries }
    this.#watch = new EngineWatch({ clock, timeoutMs, ...watched, onBug })
    this.#expiry = new PendingExpiry({ clock, keeper: this.#keeper, tries, onBug })
  }

  /** After the master took up what an earlier run left. */
  static async open(parts: DispatchParts): Promise<Dispatch> {
    const dispatch = new Dispatch(parts)
    dispatch.#engines.load(await parts.store.engines())
    await dispatch.#keeper.open()
    dispatch.#watch.start()
    dispatch.#expiry.start()
    return dispatch
  }

  async close(): Promise<void> {
    this.#poking.stop()
    await this.#watch.stop()
    await this.#expiry.stop()
    this.#keeper.close()
  }

  async submit(wish: DispatchWish): Promise<DispatchJob> {
    const { web, clock, store, poke } = this.#parts
    web.check(wish.sourceUrl)
    if (wish.sinkUrl !== undefined) web.check(wish.sinkUrl)
    if (this.#keeper.book.count(openStates) >= mostOpenJobs) throw queueFull(mostOpenJobs)
    const createdAtMs = clock.wallMs()
    const job = newJobOf(wish, { id: this.#ids.next(createdAtMs), createdAtMs }, web)
    const sequence = await store.add(submissionOf(createdAtMs, dirname(job.sink.dir)), job)
    const submitted = this.#keeper.put(recordOf(job, wish, sequence))
    poke()
    return submitted
  }

  get(id: string): DispatchJob | undefined {
    return this.#keeper.book.get(id)?.job
  }

  list(query: Parameters<DispatchApi['list']>[0]): ReturnType<DispatchApi['list']> {
    if (query.after !== undefined) this.#keeper.must(query.after)
    return this.#keeper.book.list(query)
  }

  async change(id: string, wanted: Parameters<DispatchApi['change']>[1]): Promise<DispatchJob> {
    const changed = await this.#keeper.settle(id, (entry) => {
      const { job, record } = entry
      if (isEnded(job)) throw wrongState('change', job)
      const { priority = job.priority, maxRetries = job.maxRetries } = wanted
      const { resourceRequirements = job.resourceRequirements } = wanted
      const facts = factsOf({ ...job, ...record.facts, maxRetries, resourceRequirements })
      return this.#keeper.move(entry, { change: { priority, dispatch: facts } }, { priority, facts })
    })
    this.#parts.poke()
    return changed
  }

  cancel(id: string): Promise<DispatchJob> {
    return this.#keeper.settle(id, (entry) => {
      const { job, record } = entry
      if (job.state === 'queued' || job.state === 'held') return this.#cancel(entry)
      if (job.state !== 'running') throw wrongState('cancel', job)
      const isOutside = record.workerId !== undefined && engineIdOf(record.workerId) !== undefined
      return isOutside ? this.#cancel(entry) : this.#cancelInLab(id)
    })
  }

  async retry(id: string): Promise<DispatchJob> {
    const fresh = { state: 'queued', attempts: 0, notBeforeMs: 0, error: undefined, endedAtMs: undefined } as const
    const again = await this.#keeper.settle(id, (entry) => {
      const { job } = entry
      if (job.state !== 'failed' && job.state !== 'cancelled') throw wrongState('retry', job)
      const facts = factsOf({ ...job, outputUrl: undefined })
      const cleared = { ...fresh, startedAtMs: undefined }
      const change = { ...cleared, failedNodeIds: [], report: undefined, dispatch: facts }
      return this.#keeper.move(entry, { change, reopen: true }, { ...cleared, facts })
    })
    this.#parts.poke()
    return again
  }

  async result(id: string): ReturnType<DispatchApi['result']> {
    const { output } = this.#keeper.must(id).record
    return output === undefined ? undefined : this.#parts.web.results.find(id, output)
  }

  heartbeat(beat: EngineHeartbeat): Promise<OutsideEngine> {
    return this.#desk.heartbeat(beat)
  }

  assign(engineId: string, capabilities?: readonly string[]): Promise<DispatchJob | undefined> {
    return this.#desk.assign(engineId, capabilities)
  }

  unheard(job: DispatchJob, engineId: string): Promise<void> {
    return this.#desk.unheard(job, engineId)
  }

  async report(id: string, percent: number, message?: string, engineId?: string): Promise<DispatchJob> {
    return this.#desk.report(id, percent, message, engineId)
  }

  complete(id: string, outputUrl: string, engineId?: string): Promise<DispatchJob> {
    return this.#desk.complete(id, outputUrl, engineId)
  }

  fail(id: string, message: string, engineId?: string): Promise<DispatchJob> {
    return this.#desk.fail(id, message, engineId)
  }

  benchmark(engineId: string, seconds: number): Promise<OutsideEngine> {
    return this.#desk.benchmark(engineId, seconds)
  }

  engines(): readonly OutsideEngine[] {
    const views = Array.from(this.#engines.all(), (engine) => this.#engines.view(engine))
    // The same before and after a restart, which knows no order in which they were first heard.
    return views.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  removeEngine(id: string): Promise<boolean> {
    return this.#desk.remove(id)
  }

  figures(): DispatchFigures {
    return this.#keeper.book.figures(this.#parts.clock.wallMs())
  }

  onChange(listener: (jobId: string) => void): () => void {
    return this.#keeper.onChange(listener)
  }

  async #cancel(entry: BookEntry): Promise<DispatchJob | undefined> {
    const { epoch, workerId } = entry.record
    const endedAtMs = this.#parts.clock.wallMs()
    const change = { state: 'cancelled', endedAtMs } as const
    const attempt = { outcome: 'cancelled', endedAtMs } as const
    const lease = workerId === undefined ? undefined : ({ epoch, workerId, task: 'failed', attempt } as const)
    const cancelled = await this.#keeper.move(entry, { change, lease }, change)
    if (!cancelled) return undefined
    this.#parts.onEnded(endedOf(cancelled))
    await this.#parts.web.sources.remove(cancelled.id)
    return cancelled
  }

  /** A node of the lab runs it: as the window does it. */
  async #cancelInLab(id: string): Promise<DispatchJob | undefined> {
    const { refused } = await this.#parts.edits.cancel([id])
    await this.#keeper.refresh([id])
    const [refusal] = refused
    if (refusal && this.#keeper.book.get(id)?.job.state !== 'queued') throw new MicrotomeError(refusal.error)
    return refusal ? undefined : this.get(id)
  }
}

function isEnded({ state }: DispatchJob): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled'
}
