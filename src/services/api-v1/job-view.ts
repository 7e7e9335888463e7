import type { DispatchJob } from '../../engine/service-api.ts'
import { wordOf } from '../dispatch/states.ts'
import type { JobView } from './job-schemas.ts'

/** Where a result that lies on this node is fetched. */
export const resultPath = (jobId: string) => `/api/v1/jobs/${encodeURIComponent(jobId)}/result`

/** A job for callers of this API. */
export function viewOf(job: DispatchJob): JobView {
  return {
    job_id: job.id,
    state: job.state,
    status: wordOf(job, 'deployed'),
    source_url: withoutLogin(job.sourceUrl),
    target_codec: job.targetCodec,
    profile: job.profile,
    priority: job.priority,
    job_size: job.jobSizeMb,
    sink: job.sinkUrl === undefined ? { type: 'blob' } : { type: 'url', url: withoutLogin(job.sinkUrl) },
    resource_requirements: job.resourceRequirements ?? {},
    assigned_engine: job.assignedEngine ?? null,
    progress: job.progress === undefined ? null : percent(job.progress),
    progress_message: job.progressMessage ?? null,
    output_url: job.outputUrl ?? (job.hasResult ? resultPath(job.id) : null),
    retries: job.retries,
    max_retries: job.maxRetries,
    error: errorOf(job),
    created_at: instant(job.createdAtMs),
    updated_at: instant(job.updatedAtMs),
    started_at: job.startedAtMs === undefined ? null : instant(job.startedAtMs),
    ended_at: job.endedAtMs === undefined ? null : instant(job.endedAtMs)
  }
}

export const instant = (atMs: number) => new Date(atMs).toISOString()

const percent = (progress: number) => Math.round(Math.min(1, Math.max(0, progress)) * 1000) / 10

function errorOf({ error }: DispatchJob): JobView['error'] {
  if (!error) return null
  const { code, message, hint } = error
  return { code, message, ...(hint !== undefined && { hint }) }
}

/** Whoever may read jobs need not learn how their sources are logged in to. */
function withoutLogin(text: string): string {
  if (!text.includes('@') || !URL.canParse(text)) return text
  const url = new URL(text)
  if (url.username === '' && url.password === '') return text
  url.username = ''
  url.password = ''
  return url.href
}
