import { engineIdOf, type LiveTask, workerIdOfEngine } from '../scheduler/index.ts'
import type { BookEntry, Slot } from './book-entry.ts'
import type { BookKeeper } from './book-keeper.ts'
import { type Chooser, chooseJob } from './choose-job.ts'
import type { DispatchJob, EngineHeartbeat, OutsideEngine } from './dispatch-api.ts'
import { engineFailed, notHeld, unknownEngine, wrongState } from './dispatch-errors.ts'
import type { DispatchParts } from './dispatch-parts.ts'
import type { DispatchRecord } from './dispatch-store.ts'
import type { EngineBook, KnownEngine } from './engine-book.ts'
import { profilesOfCodecs } from './engine-codecs.ts'
import type { EngineTries } from './engine-tries.ts'
import { factsOf, storedJobOf } from './new-job.ts'
import { UnnamedJobs } from './unnamed-jobs.ts'

/**
 * Where outside engines ask for jobs and report. A job that is handed out is reserved in memory before its lease is committed, and
 * the compare-and-set of the lease decides: so of many that ask at once no two get the same one, nor does a node of the lab.
 */
export class EngineDesk {
  readonly #parts: DispatchParts
  readonly #keeper: BookKeeper
  readonly #engines: EngineBook
  readonly #tries: EngineTries
  readonly #unnamed: UnnamedJobs

  constructor(parts: DispatchParts, keeper: BookKeeper, engines: EngineBook, tries: EngineTries) {
    this.#parts = parts
    this.#keeper = keeper
    this.#engines = engines
    this.#tries = tries
    this.#unnamed = new UnnamedJobs(parts.clock)
  }

  async heartbeat(beat: EngineHeartbeat): Promise<OutsideEngine> {
    const news = this.#engines.merge(beat)
    if (news) await this.#parts.store.keepEngine(news)
    const { namesJobs } = this.#must(beat.id).document
    if (beat.localJobQueue && namesJobs) await this.#giveBackUnnamed(beat.id, beat.localJobQueue)
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

  /** See {@link DispatchApi.unheard}. */
  async unheard(job: DispatchJob, engineId: string): Promise<void> {
    if (this.#keeper.book.get(job.id)?.job === job) await this.#tries.giveBack(job.id, engineId)
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
      return this.#tries.end(entry, holder, {
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
      return this.#tries.failed(entry, holder, engineFailed(message), 'jobsFailed')
    })
  }

  /** False for one that was never heard of. */
  async remove(engineId: string): Promise<boolean> {
    if (!this.#engines.remove(engineId)) return false
    await this.#parts.store.dropEngine(engineId)
    for (const id of this.#heldBy(engineId)) await this.#tries.giveBack(id, engineId)
    return true
  }

  /** It was silent for too long: its jobs wait again. */
  async lose(engineId: string): Promise<void> {
    const held = this.#heldBy(engineId)
    if (held.length > 0)
      this.#parts.log.warn('an outside engine is silent and loses its jobs', { lostCount: held.length })
    await Promise.all(held.map((id) => this.#tries.lose(id, engineId)))
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
    await this.#tries.giveBack(id, engine.id)
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

  async #giveBackUnnamed(engineId: string, queue: readonly string[]): Promise<void> {
    const { book } = this.#keeper
    const held = this.#heldBy(engineId).flatMap((id) => book.get(id) ?? [])
    const unnamed = this.#unnamed.heard(queue, held)
    if (unnamed.length === 0) return
    const fields = { lostCount: unnamed.length }
    this.#parts.log.warn('an outside engine does not know of jobs that it was given: they wait again', fields)
    await Promise.all(unnamed.map((id) => this.#tries.giveBack(id, engineId)))
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
