import type { Job, Speed } from '../../shared/domain/jobs.ts'

export interface Overall {
  running: number
  waiting: number
  /** 0..1 over all submissions that still have work, weighted by size; undefined where there is none. */
  progress: number | undefined
  /** Of all that runs now, by unit. */
  speeds: Speed[]
}

/** How far everything is that was dropped and has not ended. */
export function overallOf(jobs: Iterable<Job>): Overall {
  const all = [...jobs]
  const open = new Set(all.filter(isOpen).map((job) => job.submissionId))
  const overall: Overall = { running: 0, waiting: 0, progress: undefined, speeds: [] }
  let done = 0
  let total = 0
  for (const job of all) {
    if (!open.has(job.submissionId)) continue
    const weight = Math.max(1, job.sizeBytes)
    total += weight
    done += weight * (isOpen(job) ? job.progress : 1)
    count(overall, job)
  }
  if (total > 0) overall.progress = Math.min(1, done / total)
  return overall
}

function isOpen(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running' || job.state === 'verifying'
}

function count(overall: Overall, job: Job): void {
  if (job.state === 'queued') overall.waiting += 1
  if (job.state !== 'running' && job.state !== 'verifying') return
  overall.running += 1
  if (!job.speed) return
  const { value, unit } = job.speed
  const known = overall.speeds.find((speed) => speed.unit === unit)
  if (known) known.value += value
  else overall.speeds.push({ value, unit })
}
