import type { Job } from '../../shared/domain/jobs.ts'
import { type Output, percent } from '../output/index.ts'
import { endedLine } from './ended-line.ts'
import { hasEnded, type Reporter } from './reporter.ts'

/** For a pipe or a log file: a line when a job starts, at each quarter, and when it ends. */
export function lineReporter(output: Output): Reporter {
  const last = new Map<string, string>()
  const report = (job: Job) => {
    const line = lineOf(job)
    if (line === undefined || last.get(job.id) === line) return
    last.set(job.id, line)
    output.line(line)
  }
  return { update: (jobs) => jobs.forEach(report), end: () => undefined }
}

function lineOf(job: Job): string | undefined {
  if (hasEnded(job)) return endedLine(job)
  if (job.state !== 'running') return undefined
  const quarter = Math.floor(job.progress * 4) / 4
  const where = job.nodeName === undefined ? '' : ` on ${job.nodeName}`
  return quarter === 0 ? `${job.name}: started${where}` : `${job.name}: ${percent(quarter)}`
}
