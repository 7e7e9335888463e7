import type { Attempt } from '../../shared/domain/jobs.ts'
import { backoffMs, engineIdOf, type LiveTask, workerIdOfEngine } from '../scheduler/index.ts'
import type { BookEntry, Slot } from './book-entry.ts'
import type { BookKeeper } from './book-keeper.ts'
import { type Chooser, chooseJob } from './choose-job.ts'
import type { DispatchJob, EngineHeartbeat, OutsideEngine } from './dispatch-api.ts'
import { engineFailed, engineLost, notHeld, unknownEngine, wrongState } from './dispatch-errors.ts'
import type { DispatchParts } from './dispatch-parts.ts'
import type { DispatchRecord, JobMove, KeptEngine } from './dispatch-store.ts'
import { endedOf } from './ended-of.ts'
import type { EngineBook, KnownEngine } from './engine-book.ts'
import { profilesOfCodecs } from './engine-codecs.ts'
import { factsOf, storedJobOf } from './new-job.ts'

/** However few retries a job has: so many engines may vanish with it before it is taken for the reason. */
const mostLosses = 10

/**
 * Where outside engines ask for jobs and report. A job that is handed out is reserved in memory before its lease is committed, and
 * the compare-and-set of the lease decides: so of many that ask at once no two get the same one, nor does a node of the lab.
 */
export class EngineDesk {
  readonly #parts: DispatchParts
  readonly #keeper: BookKeeper
  readonly #engines: EngineBook

  constructor(parts: DispatchParts, keeper: BookKeeper, engines: EngineBook) {
    this.#parts = parts
    this.#keeper = keeper
    this.#engines = engines
  }

  async heartbeat(beat: EngineHeartbeat): Promise<OutsideEngine> {
    const news = this.#engines.merge(beat)
    if (news) await this.#parts.store.keepEngine(news)
    return this.#engines.view(this.#must(beat.id))
  }

  async benchmark(engineId: string, seconds: number): Promise<OutsideEngine> {
    const engine = this.#must(engineId)
    await this.#parts.store.keepEngine(this.#engines.benchmark(engine, seconds))
    return this.#engines.view(engine)
  }

  async assign(engineId: string, capabilities: readonly string[] | undefined): Promise<DispatchJob | undefined> {
    const engine = this.#must(engineId)
    this.#engines.asks(engine)
    const profiles = capabilities ? profilesOfCodecs(capabilities) : engine.profiles
    const asker: Chooser = {
      canMake: (profile) => profiles?.has(profile) ?? true,
      benchmarkS: engine.benchmarkS,
      streams: engine.streams
    }
    engine.asking += 1
    try {
      return await this.#lendOne(engine, asker, profiles)
    } finally {
      engine.asking -= 1
    }
  }

  report(id: string, percent: number, message: string | undefined, engineId: string | undefined): DispatchJob {
    const entry = this.#keeper.must(id)
    const holder = this.#holderOf(entry, 'report on', engineId)
    if (holder === undefined) throw wrongState('report on', entry.job)
    const progress = Math.min(1, Math.max(0, percent / 100))
    const live = this.#parts.live.ofTask(id)
    if (live) live.progress = { progress, stage: 'converting' }
    this.#hear(holder)
    return this.#keeper.report(entry, progress, message)
  }

  complete(id: string, outputUrl: string, engineId: string | undefined): Promise<DispatchJob> {
    return this.#keeper.settle(id, (entry) => {
      const { job, record } = entry
      if (job.state === 'completed') return Promise.resolve(job)
      const holder = this.#holderOf(entry, 'complete', engineId)
      const facts = factsOf({ ...job, outputUrl })
      const over = { attempts: record.attempts + 1, error: undefined, endedAtMs: this.#parts.clock.wallMs() }
      return this.#end(entry, holder, {
        change: { ...over, state: 'completed', dispatch: facts },
        after: { ...over, state: 'completed', facts },
        task: 'done',
        outcome: 'completed',
        counts: 'jobsCompleted'
      })
    })
  }

  fail(id: string, message: string, engineId: string | undefined): Promise<DispatchJob> {
    return this.#keeper.settle(id, (entry) => {
      if (entry.job.state === 'failed') return Promise.resolve(entry.job)
      const holder = this.#holderOf(entry, 'fail', engineId)
      const attempts = entry.record.attempts + 1
      const delayMs = backoffMs(attempts, this.#parts.random())
      return this.#end(entry, holder, {
        ...this.#afterFailure(attempts > entry.job.maxRetries, attempts, delayMs, engineFailed(message)),
        outcome: 'failed',
        counts: 'jobsFailed'
      })
    })
  }

  /** False for one that was never heard of. */
  async remove(engineId: string): Promise<boolean> {
    if (!this.#engines.remove(engineId)) return false
    await this.#parts.store.dropEngine(engineId)
    for (const id of this.#heldBy(engineId)) await this.#giveBack(id, engineId)
    return true
  }

  /** It was silent for too long: its jobs wait again. */
  async lose(engineId: string): Promise<void> {
    const held = this.#heldBy(engineId)
    if (held.length > 0)
      this.#parts.log.warn('an outside engine is silent and loses its jobs', { lostCount: held.length })
    await Promise.all(held.map((id) => this.#loseOne(id, engineId)))
  }

  /** Somebody faster is left alone, and the next job tried. */
  async #lendOne(
    engine: KnownEngine,
    asker: Chooser,
    profiles: KnownEngine['profiles']
  ): Promise<DispatchJob | undefined> {
    const { book } = this.#keeper
    const tried = new Set<Slot>()
    for (;;) {
      const waiting = book.waiting.inOrder(profiles, this.#parts.clock.wallMs())
      const rivals = this.#engines.rivalsOf(engine)
      const slot = chooseJob(asker, rivals, without(waiting, tried), ({ entry }) => entry.job)
      if (!slot) return undefined
      tried.add(slot)
      book.reserve(slot)
      try {
        const lent = await this.#lend(engine, slot.entry)
        if (lent) return lent
        await this.#keeper.refresh([slot.entry.job.id])
      } finally {
        book.giveBack(slot)
      }
    }
  }

  async #lend(engine: KnownEngine, { record }: BookEntry): Promise<DispatchJob | undefined> {
    const workerId = workerIdOfEngine(engine.id)
    const nowMs = this.#parts.clock.wallMs()
    const { id, epoch } = record
    const lending = { jobId: id, epoch, workerId, workerName: engine.id, startedAtMs: nowMs }
    if (!(await this.#parts.store.lend(lending))) return undefined
    const running: DispatchRecord = {
      ...record,
      state: 'running',
      startedAtMs: record.startedAtMs ?? nowMs,
      ranOnName: engine.id,
      epoch: epoch + 1,
      workerId
    }
    const job = this.#keeper.put(running)
    this.#parts.live.put(this.#liveTask(job, running, workerId))
    if (this.#engines.get(engine.id) === engine) return job
    await this.#giveBack(id, engine.id)
    return undefined
  }

  #liveTask(job: DispatchJob, record: DispatchRecord, workerId: string): LiveTask {
    const stored = storedJobOf(job, record, this.#parts.web)
    return {
      lent: {
        taskId: record.id,
        epoch: record.epoch,
        kind: stored.kind,
        profile: stored.profile,
        sourcePath: stored.source.path,
        sizeBytes: stored.sizeBytes,
        name: stored.name,
        stagingDir: this.#parts.outputs.stagingDirOf(stored, record.epoch)
      },
      job: stored,
      jobId: record.id,
      workerId,
      workerName: record.ranOnName ?? workerId,
      why: 'An outside engine asked for work.',
      startedAtMs: this.#parts.clock.wallMs(),
      progress: { progress: 0, stage: 'converting' },
      settling: false,
      revoked: false
    }
  }

  /** The engine that holds the job; undefined where nobody does. Throws `wrong-state` where it is not the caller's to end. */
  #holderOf({ job, record }: BookEntry, what: string, engineId: string | undefined): string | undefined {
    if (job.state !== 'running' && job.state !== 'queued') throw wrongState(what, job)
    const holder = record.workerId === undefined ? undefined : engineIdOf(record.workerId)
    if (engineId !== undefined && engineId !== holder) throw notHeld(what, job, engineId)
    if (job.state === 'running' && holder === undefined) throw notHeld(what, job, undefined)
    return holder
  }

  #afterFailure(isOver: boolean, attempts: number, delayMs: number, error: DispatchRecord['error']) {
    const nowMs = this.#parts.clock.wallMs()
    if (isOver) {
      const over = { state: 'failed', attempts, error, endedAtMs: nowMs } as const
      return { change: over, after: over, task: 'failed', error } as const
    }
    const again = { state: 'queued', attempts, error, notBeforeMs: delayMs > 0 ? nowMs + delayMs : 0 } as const
    return { change: again, after: again, task: 'waiting', error } as const
  }

  async #end(
    entry: BookEntry,
    holder: string | undefined,
    end: {
      change: JobMove['change']
      after: Partial<DispatchRecord>
      task: 'done' | 'failed' | 'waiting'
      outcome: Attempt['outcome']
      error?: DispatchRecord['error']
      counts?: 'jobsCompleted' | 'jobsFailed'
    }
  ): Promise<DispatchJob | undefined> {
    const { epoch, workerId } = entry.record
    const { outcome, error, task, counts } = end
    const attempt = { outcome, error, endedAtMs: this.#parts.clock.wallMs() }
    const lease = holder !== undefined && workerId !== undefined ? { epoch, workerId, task, attempt } : undefined
    const engine = holder !== undefined && counts ? () => this.#count(holder, counts) : undefined
    const job = await this.#keeper.move(entry, { change: end.change, lease, engine }, end.after)
    if (!job) return undefined
    if (holder !== undefined && counts) this.#hear(holder)
    if (job.state === 'queued') this.#parts.poke()
    else this.#ended(job)
    return job
  }

  #count(engineId: string, how: 'jobsCompleted' | 'jobsFailed'): KeptEngine | undefined {
    const engine = this.#engines.get(engineId)
    return engine && this.#engines.ended(engine, how)
  }

  #ended(job: DispatchJob): void {
    this.#parts.onEnded(endedOf(job))
    this.#parts.web.sources.remove(job.id).catch(this.#parts.onBug)
  }

  async #loseOne(id: string, engineId: string): Promise<void> {
    const entry = this.#keeper.book.get(id)
    if (entry?.record.workerId !== workerIdOfEngine(engineId)) return
    const attempts = entry.record.attempts + 1
    const isOver = attempts >= Math.max(mostLosses, entry.job.maxRetries + 1)
    const end = { ...this.#afterFailure(isOver, attempts, 0, engineLost(engineId)), outcome: 'lost' } as const
    if (!(await this.#end(entry, engineId, end))) await this.#keeper.refresh([id])
  }

  async #giveBack(id: string, engineId: string): Promise<void> {
    const entry = this.#keeper.book.get(id)
    if (entry?.record.workerId !== workerIdOfEngine(engineId)) return
    const change = { state: 'queued' } as const
    const end = { change, after: change, task: 'waiting', outcome: 'released' } as const
    if (!(await this.#end(entry, engineId, end))) await this.#keeper.refresh([id])
  }

  #heldBy(engineId: string): string[] {
    return [...this.#keeper.book.heldBy(workerIdOfEngine(engineId))]
  }

  #hear(engineId: string): void {
    const engine = this.#engines.get(engineId)
    if (engine) this.#engines.heard(engine)
  }

  #must(engineId: string): KnownEngine {
    const engine = this.#engines.get(engineId)
    if (!engine) throw unknownEngine(engineId)
    return engine
  }
}

function* without(slots: Iterable<Slot>, tried: ReadonlySet<Slot>): Generator<Slot, undefined> {
  for (const slot of slots) if (!tried.has(slot)) yield slot
}
