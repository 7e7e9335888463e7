import { existsSync } from 'node:fs'
import fs, { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { parseProfile } from '../../../shared/domain/profiles.ts'
import { EventHub } from '../../events/index.ts'
import { FakeClock } from '../../fake-clock.ts'
import { Edits, JobOutputs, type NewJob } from '../../jobs/index.ts'
import type { Log } from '../../log/index.ts'
import { openStorage, type Storage } from '../../storage/index.ts'
import { Dispatcher, type LentTask, LiveTasks, type MasterParts, Rates, WorkerHealth } from '../index.ts'
import type { FakeWorker } from './fake-worker.ts'

/** A data folder with real storage and real files, and masters on it, one after the other. */
export class MasterBench {
  readonly folder: string
  readonly clock = new FakeClock()
  readonly storage: Storage
  readonly bugs: unknown[] = []
  readonly warnings: string[] = []
  readonly #dispatchers: Dispatcher[] = []
  #staging = 0

  private constructor(folder: string) {
    this.folder = folder
    this.storage = openStorage(join(folder, 'test.db'), this.clock)
  }

  static async open(): Promise<MasterBench> {
    return new MasterBench(await mkdtemp(join(tmpdir(), 'microtome-master-')))
  }

  async close(): Promise<void> {
    for (const dispatcher of this.#dispatchers) await this.end(dispatcher)
    this.storage.close()
    await rm(this.folder, { recursive: true })
  }

  get out(): string {
    return join(this.folder, 'out')
  }

  /** As start-engine wires one; `over` replaces parts. */
  master(workers: FakeWorker[], over: Partial<MasterParts> = {}) {
    const { jobs, leases } = this.storage
    const { clock } = this
    const events = new EventHub((bug) => this.bugs.push(bug))
    const live = new LiveTasks()
    const health = new WorkerHealth(clock)
    const parts: MasterParts = {
      clock,
      random: () => 0,
      log: this.#log(),
      events,
      jobs,
      leases,
      outputs: this.outputs(),
      live,
      health,
      rates: new Rates(),
      ports: () => workers,
      onBug: (bug) => this.bugs.push(bug),
      ...over
    }
    const dispatcher = new Dispatcher(parts)
    this.#dispatchers.push(dispatcher)
    const edits = new Edits({ jobs, leases, dispatching: dispatcher, clock, onChanged() {}, onEnded: async () => {} })
    return { dispatcher, live, health, edits, events }
  }

  outputs(): JobOutputs {
    const { jobs } = this.storage
    const place = { files: fs, clock: this.clock, platform: 'linux' as const }
    const outputs = new JobOutputs({ ...place, jobs, owner: 'me', needBytes: () => 0, dropUpload: async () => {} })
    const stage = outputs.stage.bind(outputs)
    outputs.stage = async (job, epoch, leftEpoch) => {
      this.#staging += 1
      return stage(job, epoch, leftEpoch).finally(() => {
        this.#staging -= 1
      })
    }
    return outputs
  }

  async start(dispatcher: Dispatcher): Promise<void> {
    await dispatcher.recover('self')
    dispatcher.start()
  }

  async end(dispatcher: Dispatcher): Promise<void> {
    await dispatcher.stop()
    await dispatcher.settled()
  }

  /** Queued jobs `job-0` and on, each of a photo of its own. */
  async submit(count = 1, change: Partial<NewJob> = {}): Promise<string[]> {
    const fresh: NewJob[] = []
    for (let index = 0; index < count; index++) fresh.push(await this.#job(index, change))
    await this.storage.leases.add(fresh.map(({ id }) => ({ taskId: id, jobId: id })))
    const id = fresh[0]?.submissionId ?? 's'
    const createdAtMs = this.clock.wallMs()
    const submission = { id, createdAtMs, destination: this.out, priority: 'normal', onExists: 'rename' } as const
    await this.storage.jobs.addSubmission(submission, fresh)
    return fresh.map((job) => job.id)
  }

  stateOf = async (id: string) => (await this.storage.jobs.get(id))?.state

  outcomesOf = async (id: string) => (await this.storage.jobs.attempts(id)).map(({ outcome }) => outcome)

  lentTo = (worker: FakeWorker, count: number) => eventually(() => expectCount(worker, count))

  /** The same while time passes, a second with every look; it stands still while a slow disk makes a destination ready. */
  soonLentTo = (worker: FakeWorker, count: number) =>
    eventually(() => {
      if (this.#staging === 0) this.clock.advance(1000)
      expectCount(worker, count)
    })

  /** Seconds in which whatever is due is done: each waits for the stores to answer. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async finish(dispatcher: Dispatcher, worker: FakeWorker, task: LentTask | undefined) {
    if (!task) throw new Error('nothing was lent')
    await writeFile(join(task.stagingDir, 'result.webp'), 'result')
    const result = { primary: 'result.webp', totalBytes: 6, report: {}, runMs: 5 }
    return dispatcher.desk.finished(worker.nodeId, task, result)
  }

  /** Lends a job to a worker, ends that run while its result is about to get the name `to`, and begins another. */
  async restartWhileNaming(worker: FakeWorker, to: string) {
    const before = this.master([worker])
    const [id = ''] = await this.submit()
    await this.start(before.dispatcher)
    await this.lentTo(worker, 1)
    await this.end(before.dispatcher)
    const staging = worker.lent[0]?.stagingDir ?? ''
    await writeFile(join(staging, 'result.webp'), 'result')
    await this.storage.leases.settle({ taskId: id, epoch: 1 }, worker.nodeId, 'done')
    const journal = { epoch: 1, stagingDir: staging, moves: [{ from: join(staging, 'result.webp'), to }], output: to }
    await this.storage.jobs.change(id, ['running'], { state: 'verifying', commit: journal })
    await this.start(this.master([worker]).dispatcher)
    return { id, staging }
  }

  async #job(index: number, change: Partial<NewJob>): Promise<NewJob> {
    const path = join(this.folder, `photo-${index}.jpg`)
    if (!existsSync(path)) await writeFile(path, 'x')
    return {
      id: `job-${index}`,
      submissionId: 's',
      source: { type: 'file', path },
      name: `photo-${index}.jpg`,
      kind: 'image',
      sizeBytes: 1,
      sourceModifiedAtMs: (await fs.stat(path)).mtimeMs,
      profile: parseProfile('webp'),
      sink: { type: 'folder', dir: this.out },
      onExists: 'rename',
      priority: 'normal',
      state: 'queued',
      createdAtMs: this.clock.wallMs(),
      ...change
    }
  }

  #log(): Log {
    return { debug() {}, info() {}, error() {}, warn: (message) => this.warnings.push(message) }
  }
}

/** Waits as long as a busy machine may take. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check)
}

function expectCount(worker: FakeWorker, count: number): void {
  if (worker.lent.length !== count) throw new Error(`${worker.name} was lent ${worker.lent.length}, not ${count}`)
}
