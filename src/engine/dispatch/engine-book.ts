import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { Clock } from '../clock.ts'
import type { Chooser } from './choose-job.ts'
import type { EngineHeartbeat, OutsideEngine } from './dispatch-api.ts'
import type { KeptEngine } from './dispatch-store.ts'
import { profilesOfCodecs } from './engine-codecs.ts'
import { type EngineDocument, engineDocument, lastingText, unheard } from './engine-document.ts'

/** When it was heard last is kept so exactly: a heartbeat that says nothing new costs no write. */
const keptEveryMs = 60_000
/** An engine that asked so lately is expected to ask again. */
const askedLatelyMs = 30_000
const never = Number.NEGATIVE_INFINITY

/** An outside engine in memory; times are monotonic. */
export interface KnownEngine extends Chooser {
  readonly id: string
  document: EngineDocument
  /** Undefined for one that never named codecs: it is taken to make all. */
  profiles: ReadonlySet<ProfileName> | undefined
  seenMs: number
  /** When it asked for work the last time, and the time before. */
  askedMs: number
  askedBeforeMs: number
  /** Questions of it that are being answered. */
  asking: number
  /** What of it was written last, and when. */
  kept: { text: string; atMs: number } | undefined
}

/** Outside engines: what they said, merged; when they were heard; which of them ask for work. */
export class EngineBook {
  readonly #clock: Clock
  readonly #timeoutMs: () => number
  readonly #heldBy: (engineId: string) => ReadonlySet<string>
  readonly #byId = new Map<string, KnownEngine>()

  constructor(parts: {
    clock: Clock
    timeoutMs: () => number
    /** Ids of the jobs that it holds. */
    heldBy: (engineId: string) => ReadonlySet<string>
  }) {
    this.#clock = parts.clock
    this.#timeoutMs = parts.timeoutMs
    this.#heldBy = parts.heldBy
  }

  /** What an earlier run kept; one that can't be read is as if it was never heard of. */
  load(engines: readonly KeptEngine[]): void {
    for (const { id, json } of engines) {
      const parsed = engineDocument.safeParse(JSON.parse(json))
      if (!parsed.success) continue
      const silentMs = Math.max(0, this.#clock.wallMs() - parsed.data.lastHeartbeatMs)
      this.#byId.set(id, known(id, parsed.data, this.#clock.monotonicMs() - silentMs))
    }
  }

  get(id: string): KnownEngine | undefined {
    return this.#byId.get(id)
  }

  all(): Iterable<KnownEngine> {
    return this.#byId.values()
  }

  remove(id: string): boolean {
    return this.#byId.delete(id)
  }

  /** Merges a heartbeat: what it leaves out stays. Answers what to write, where that is more than a moment's news. */
  merge({ id, other, ...said }: EngineHeartbeat): KeptEngine | undefined {
    const engine = this.#byId.get(id) ?? known(id, unheard(this.#clock.wallMs()), never)
    const before = engine.document
    engine.document = {
      ...before,
      ...withoutUndefined(said),
      other: other ? { ...before.other, ...other } : before.other,
      namesJobs: before.namesJobs || said.localJobQueue?.some((jobId) => this.#heldBy(id).has(jobId)) || undefined,
      benchmarks: said.benchmarkS === before.benchmarkS ? before.benchmarks : counted(before, said.benchmarkS)
    }
    if (said.supportedCodecs) engine.profiles = profilesOf(engine.document)
    this.heard(engine)
    this.#byId.set(id, engine)
    const isOld = this.#clock.monotonicMs() - (engine.kept?.atMs ?? never) >= keptEveryMs
    return isOld || engine.kept?.text !== lastingText(engine.document) ? this.keep(engine) : undefined
  }

  /** Answers what to write. */
  benchmark(engine: KnownEngine, seconds: number): KeptEngine {
    engine.document = {
      ...engine.document,
      benchmarkS: seconds,
      benchmarks: counted(engine.document, seconds)
    }
    this.heard(engine)
    return this.keep(engine)
  }

  /** One more job of it ended so. Answers what to write. */
  ended(engine: KnownEngine, how: 'jobsCompleted' | 'jobsFailed'): KeptEngine {
    engine.document = { ...engine.document, [how]: engine.document[how] + 1 }
    return this.keep(engine)
  }

  /** It gave a sign of life. */
  heard(engine: KnownEngine): void {
    engine.seenMs = this.#clock.monotonicMs()
    engine.document = { ...engine.document, lastHeartbeatMs: this.#clock.wallMs() }
  }

  /** It asks for work. */
  asks(engine: KnownEngine): void {
    this.heard(engine)
    engine.askedBeforeMs = engine.askedMs
    engine.askedMs = engine.seenMs
  }

  /**
   * Who else may be left a job: whoever asked lately and since this one asked before, and holds nothing. An engine that did not come
   * back between two questions of another is not waited for any longer.
   */
  rivalsOf(asker: KnownEngine): KnownEngine[] {
    const sinceMs = Math.max(asker.askedBeforeMs, this.#clock.monotonicMs() - askedLatelyMs)
    const rivals: KnownEngine[] = []
    for (const engine of this.#byId.values())
      if (engine !== asker && engine.asking === 0 && engine.askedMs > sinceMs && this.#heldBy(engine.id).size === 0)
        rivals.push(engine)
    return rivals
  }

  isSilent(engine: KnownEngine): boolean {
    return this.#clock.monotonicMs() - engine.seenMs >= this.#timeoutMs()
  }

  view(engine: KnownEngine): OutsideEngine {
    const { benchmarks, ...document } = engine.document
    return {
      ...document,
      id: engine.id,
      avgBenchmarkS: benchmarks.count > 0 ? benchmarks.totalS / benchmarks.count : undefined,
      jobIds: [...this.#heldBy(engine.id)],
      online: !this.isSilent(engine)
    }
  }

  /** Answers what to write of the engine as it is now. */
  keep(engine: KnownEngine): KeptEngine {
    engine.kept = { text: lastingText(engine.document), atMs: this.#clock.monotonicMs() }
    return { id: engine.id, json: JSON.stringify(engine.document) }
  }
}

function known(id: string, document: EngineDocument, seenMs: number): KnownEngine {
  const engine: KnownEngine = {
    id,
    document,
    profiles: profilesOf(document),
    seenMs,
    askedMs: never,
    askedBeforeMs: never,
    asking: 0,
    kept: undefined,
    canMake: (profile) => engine.profiles?.has(profile) ?? true,
    get benchmarkS() {
      return engine.document.benchmarkS
    },
    get streams() {
      return engine.document.streamingSupport === true
    }
  }
  return engine
}

function profilesOf({ supportedCodecs }: EngineDocument): ReadonlySet<ProfileName> | undefined {
  return supportedCodecs && profilesOfCodecs(supportedCodecs)
}

/** With one more measurement, where there is one. */
function counted({ benchmarks }: EngineDocument, seconds: number | undefined): EngineDocument['benchmarks'] {
  if (seconds === undefined) return benchmarks
  return { count: benchmarks.count + 1, totalS: benchmarks.totalS + seconds }
}

function withoutUndefined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
