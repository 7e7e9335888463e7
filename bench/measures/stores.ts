import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../src/engine/clock.ts'
import { openStorage, type Storage } from '../../src/engine/storage/index.ts'
import { newJob, newSubmission } from '../../src/engine/storage/testing/sample-jobs.ts'
import { type Bench, folderIn, type Measure, memoryDir } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { interleaved, timed } from '../interleaved.ts'

const jobsPerDrop = 10_000
/** In memory; fewer on a disk, which may take 10 ms for each. */
const memoryClaims = 1_000
const diskClaims = 250

/** What the stores take in and lend out with a long queue; every claim is durable before it is answered. */
export const stores: Measure = {
  name: 'stores',
  title: 'Queue',
  async run(bench) {
    const inMemory = await measure(bench, { folder: bench.folder(), where: 'in memory', perRound: memoryClaims })
    if (memoryDir === tmpdir()) return inMemory
    const disk = folderIn(tmpdir(), bench.undo)
    return [...inMemory, ...(await measure(bench, { folder: disk, where: 'on disk', perRound: diskClaims }))]
  }
}

interface Place {
  folder: string
  where: string
  perRound: number
}

async function measure(bench: Bench, { folder, where, perRound }: Place): Promise<Figure[]> {
  const { rounds, storeJobs } = bench.sizes
  const storage = openStorage(join(folder, 'queue.db'), systemClock)
  const bare = openBare(join(folder, 'bare.db'), perRound)
  bench.undo.defer(() => {
    storage.close()
    bare.close()
  })
  const enqueued = await enqueue(storage, storeJobs)
  const rate = (work: (round: number) => Promise<unknown>) => async (round: number) =>
    (perRound * 1000) / (await timed(() => work(round)))
  const samples = await interleaved(rounds, {
    commits: rate(async (round) => commit(bare, round, perRound)),
    claims: rate((round) => claim(storage, storeJobs - round * perRound, perRound)),
    lends: rate(() => lend(storage, perRound))
  })
  const against = { what: 'bare durable commits of one row', samples: samples.commits }
  const many = storeJobs.toLocaleString('en')
  return [
    {
      what: `enqueue ${many} jobs, ${where}`,
      unit: 'per second',
      samples: enqueued,
      bound: 'Writing each job’s row and its indexes; a drop is one transaction, so the disk’s flush hardly counts.'
    },
    {
      what: `claims among ${many} tasks, ${where}`,
      unit: 'per second',
      samples: samples.claims,
      against,
      bound: 'One durable transaction each: SQLite’s flush to the disk, on a disk; the statement itself, in memory.'
    },
    {
      what: `whole lendings (look, claim, state, attempt) among ${many} jobs, ${where}`,
      unit: 'per second',
      samples: samples.lends,
      against,
      bound: 'Three durable transactions a job, and reading the waiting jobs 200 at a time.'
    }
  ]
}

/** As drops of 10,000, jobs and their tasks; a rate for each drop. */
async function enqueue({ jobs, leases }: Storage, count: number): Promise<number[]> {
  const rates: number[] = []
  for (let from = 0; from < count; from += jobsPerDrop) {
    const submission = newSubmission(`drop-${from}`)
    const fresh = Array.from({ length: Math.min(jobsPerDrop, count - from) }, (_, i) =>
      newJob(`job-${from + i}`, submission.id)
    )
    const ms = await timed(async () => {
      await leases.add(fresh.map(({ id }) => ({ taskId: id, jobId: id })))
      await jobs.addSubmission(submission, fresh)
    })
    rates.push((fresh.length * 1000) / ms)
  }
  return rates
}

/** From the end of the queue; `lend` takes from its head. */
async function claim({ leases }: Storage, end: number, count: number): Promise<void> {
  for (let i = 1; i <= count; i++)
    if (!(await leases.claim(`job-${end - i}`, 'worker', 0))) throw new Error('a task was not to be had')
}

/** What the dispatcher does for each job that it lends. */
async function lend({ jobs, leases }: Storage, count: number): Promise<void> {
  let lent = 0
  while (lent < count)
    for (const { id } of await jobs.waiting(Math.min(200, count - lent), systemClock.wallMs())) {
      const task = await leases.task(id)
      const lease = task && (await leases.claim(id, 'worker', task.epoch))
      if (!lease) throw new Error('a waiting job has no waiting task')
      const ranOn = { nodeId: 'worker', nodeName: 'worker' }
      const startedAtMs = systemClock.wallMs()
      await jobs.change(id, ['queued'], { state: 'running', startedAtMs, ranOn })
      await jobs.startAttempt(id, { epoch: lease.epoch, ...ranOn, startedAtMs })
      lent++
    }
}

/** A file with the same promises as the engine’s and one small table. */
function openBare(path: string, rows: number): DatabaseSync {
  const bare = new DatabaseSync(path)
  bare.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  bare.exec('CREATE TABLE task (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL) STRICT')
  const insert = bare.prepare('INSERT INTO task VALUES (?, 0)')
  bare.exec('BEGIN')
  for (let id = 0; id < rows; id++) insert.run(id)
  bare.exec('COMMIT')
  return bare
}

async function commit(bare: DatabaseSync, round: number, rows: number): Promise<void> {
  const update = bare.prepare('UPDATE task SET epoch = ? WHERE id = ?')
  for (let id = 0; id < rows; id++) update.run(round + 1, id)
}
