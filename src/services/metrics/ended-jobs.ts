import { Counter, Histogram, type Registry } from 'prom-client'
import type { NodeFigures } from '../../engine/service-api.ts'
import { kinds } from '../../shared/domain/profiles.ts'

type EndedJob = NodeFigures['ended'][number]

const outcomes = ['completed', 'failed', 'cancelled'] as const satisfies EndedJob['outcome'][]
const minute = 60
const hour = 60 * minute
/** A photo takes a tenth of a second, a slide minutes, a film hours; a queue may last a weekend. */
const waitBucketsS = [0.1, 1, 5, 15, minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour, 24 * hour, 72 * hour]
const runBucketsS = [0.1, 0.5, 1, 2, 5, 10, 30, minute, 2 * minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour]
const transferBucketsS = [0.01, 0.1, 0.5, 1, 5, 15, minute, 5 * minute, 15 * minute, hour]

/** What the jobs that ended took, summed up since the start of this run. */
export class EndedJobs {
  readonly #ended
  readonly #queued
  readonly #run
  readonly #transfer
  readonly #sourceBytes
  readonly #resultBytes

  constructor(registry: Registry) {
    const registers = [registry]
    const byKind = { registers, labelNames: ['kind'] as const }
    const byOutcome = { registers, labelNames: ['kind', 'outcome'] as const }
    this.#ended = new Counter({ ...byOutcome, name: 'microtome_jobs_ended_total', help: 'Jobs that ended' })
    this.#queued = new Histogram({
      ...byKind,
      name: 'microtome_job_queue_seconds',
      help: 'Time that jobs waited before they ran',
      buckets: waitBucketsS
    })
    this.#run = new Histogram({
      ...byOutcome,
      name: 'microtome_job_run_seconds',
      help: 'Time that jobs ran, transfers included',
      buckets: runBucketsS
    })
    this.#transfer = new Histogram({
      ...byKind,
      name: 'microtome_job_transfer_seconds',
      help: 'Time that bytes of a job travelled, of the jobs whose bytes did',
      buckets: transferBucketsS
    })
    this.#sourceBytes = new Counter({ ...byKind, name: 'microtome_source_bytes_total', help: 'Bytes that were read' })
    this.#resultBytes = new Counter({ ...byKind, name: 'microtome_result_bytes_total', help: 'Bytes that were made' })
    this.#startAtZero()
  }

  add(job: EndedJob): void {
    const { kind, outcome } = job
    this.#ended.inc({ kind, outcome })
    this.#queued.observe({ kind }, seconds(job.queuedMs))
    this.#run.observe({ kind, outcome }, seconds(job.runMs))
    if (job.transferMs > 0) this.#transfer.observe({ kind }, seconds(job.transferMs))
    this.#sourceBytes.inc({ kind }, atLeast0(job.sourceBytes))
    this.#resultBytes.inc({ kind }, atLeast0(job.resultBytes))
  }

  /** `rate()` sees a first job only where the series stood at 0 before it. */
  #startAtZero(): void {
    for (const kind of kinds) {
      this.#queued.zero({ kind })
      this.#transfer.zero({ kind })
      this.#sourceBytes.inc({ kind }, 0)
      this.#resultBytes.inc({ kind }, 0)
      for (const outcome of outcomes) {
        this.#ended.inc({ kind, outcome }, 0)
        this.#run.zero({ kind, outcome })
      }
    }
  }
}

const seconds = (ms: number): number => atLeast0(ms) / 1000

/** A wall clock that was set back makes durations negative, at which a counter throws. */
const atLeast0 = (value: number): number => (value > 0 ? value : 0)
