import type { Job } from '../../shared/domain/jobs.ts'

const header = [
  'job',
  'file',
  'state',
  'skipped',
  'profile',
  'output',
  'computer',
  'attempts',
  'seconds',
  'error',
  'hint'
]

/** One line per job (RFC 4180, UTF-8 with BOM so that spreadsheets read names right); formulas are defused. */
export function submissionCsv(jobs: Job[]): string {
  const lines = jobs.map((job) => [
    job.id,
    job.file,
    job.state,
    job.skipped ? 'yes' : '',
    job.profile.name,
    job.output ?? '',
    job.nodeName ?? '',
    String(job.attempts),
    seconds(job),
    job.error?.message ?? '',
    job.error?.hint ?? ''
  ])
  return `\uFEFF${[header, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
}

function seconds(job: Job): string {
  if (job.startedAtMs === undefined || job.endedAtMs === undefined) return ''
  return ((job.endedAtMs - job.startedAtMs) / 1000).toFixed(1)
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
