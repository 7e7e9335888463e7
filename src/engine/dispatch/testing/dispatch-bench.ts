import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import { EventHub } from '../../events/index.ts'
import { FakeClock } from '../../fake-clock.ts'
import { Edits } from '../../jobs/index.ts'
import { LiveTasks } from '../../scheduler/index.ts'
import type { EndedJob } from '../../service-api.ts'
import { openStorage, type Storage } from '../../storage/index.ts'
import { Dispatch, type DispatchParts } from '../index.ts'

/** Jobs by URL on a real database, without nodes that would run them; each start takes up what the one before left. */
export class DispatchBench {
  readonly clock = new FakeClock()
  readonly bugs: unknown[] = []
  readonly ended: EndedJob[] = []
  readonly removedSources: string[] = []
  readonly #folder: string
  #storage: Storage
  #live = new LiveTasks()
  #events = new EventHub((bug) => this.bugs.push(bug))
  #dispatch: Dispatch | undefined
  pokes = 0
  /** Whether a node could begin something. */
  free = false

  private constructor(folder: string) {
    this.#folder = folder
    this.#storage = openStorage(join(folder, 'test.db'), this.clock)
  }

  static async open(): Promise<DispatchBench> {
    const bench = new DispatchBench(await mkdtemp(join(tmpdir(), 'microtome-dispatch-')))
    await bench.start()
    return bench
  }

  get api(): Dispatch {
    if (!this.#dispatch) throw new Error('nothing was started')
    return this.#dispatch
  }

  get storage(): Storage {
    return this.#storage
  }

  get live(): LiveTasks {
    return this.#live
  }

  get events(): EventHub {
    return this.#events
  }

  /** What the window does. */
  edits(): Edits {
    const { jobs, leases } = this.#storage
    return new Edits({
      jobs,
      leases,
      dispatching: { poke() {}, cancel: async () => {} },
      clock: this.clock,
      onChanged: (id) => this.#events.emit('job', id),
      onEnded: async () => {}
    })
  }

  /** As if the process had been killed and started again: what was not committed is gone. */
  async restart(): Promise<void> {
    await this.#dispatch?.close()
    this.#storage.close()
    this.#storage = openStorage(join(this.#folder, 'test.db'), this.clock)
    this.#live = new LiveTasks()
    this.#events = new EventHub((bug) => this.bugs.push(bug))
    await this.start()
  }

  async close(): Promise<void> {
    await this.#dispatch?.close()
    this.#storage.close()
    await rm(this.#folder, { recursive: true })
  }

  async start(): Promise<void> {
    await this.#takeUp()
    this.#dispatch = await Dispatch.open(this.#parts())
  }

  /** As the master's recovery does for leases of others. */
  async #takeUp(): Promise<void> {
    for (const lease of await this.#storage.leases.leases()) {
      const job = await this.#storage.jobs.get(lease.jobId)
      if (!job) continue
      const { kind, profile, sizeBytes, name } = job
      const lent = { ...lease, kind, profile, sizeBytes, name, sourcePath: job.source.path, stagingDir: '' }
      this.#live.put({
        ...{ lent, job, jobId: job.id, workerId: lease.workerId, workerName: lease.workerId, why: '', startedAtMs: 0 },
        ...{ progress: { progress: 0, stage: 'converting' }, settling: false, revoked: false }
      })
    }
  }

  #parts(): DispatchParts {
    return {
      clock: this.clock,
      random: () => 0,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      events: this.#events,
      store: this.#storage.dispatch,
      live: this.#live,
      outputs: { stagingDirOf: ({ id }, epoch) => join(this.#folder, `${id}-${epoch}`) },
      edits: this.edits(),
      web: {
        check: refuseOthers,
        sources: {
          pathOf: (id, url) => join(this.#folder, 'fetched', id, url.split('/').at(-1) ?? ''),
          remove: async (id) => void this.removedSources.push(id)
        },
        results: {
          dirOf: (id) => join(this.#folder, 'results', id),
          find: async (_id, path) => ({ path, sizeBytes: 1, name: 'film.mp4', type: 'video/mp4' })
        }
      },
      poke: () => void this.pokes++,
      anybodyFree: () => this.free,
      engineTimeoutMs: () => 180_000,
      onEnded: (job) => void this.ended.push(job),
      onBug: (bug) => void this.bugs.push(bug)
    }
  }
}

function refuseOthers(url: string): void {
  if (/^https?:/.test(url)) return
  throw new MicrotomeError({ code: 'url-refused', class: 'input', message: 'The URL begins with something else.' })
}
