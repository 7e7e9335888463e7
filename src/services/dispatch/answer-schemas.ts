import { z } from 'zod'

/** What is answered. The texts are written by job-json.ts and its like; these describe them, for people and for tests. */
const time = z.union([z.string(), z.number()]).describe('RFC 3339, or ms since 1970 in the style `deployed`')
const whole = z.number().int().min(0)

export const jobAnswer = z
  .looseObject({
    job_id: z.string(),
    source_url: z.string(),
    target_codec: z.string(),
    job_size: z.number().describe('MB'),
    status: z
      .string()
      .describe('pending, processing, completed, failed, cancelled; `deployed`: assigned, failed_permanently'),
    assigned_engine: z.string().nullable(),
    output_url: z.string().nullable(),
    progress: z.number().optional().describe('Percent; absent before the first report'),
    progress_message: z.string().optional(),
    retries: whole,
    max_retries: whole,
    priority: z.number().int().min(0).max(2),
    resource_requirements: z.record(z.string(), z.unknown()),
    error_message: z.string().optional(),
    created_at: time,
    updated_at: time
  })
  .meta({ id: 'DispatchJob' })

export const jobListAnswer = z.union([
  z.object({ jobs: z.array(jobAnswer), total: whole, limit: whole, offset: whole }),
  z.array(jobAnswer).describe('In the style `deployed`')
])

export const progressAnswer = z.object({ job_id: z.string(), progress: z.number(), message: z.string() })

const engineAnswer = z
  .looseObject({
    engine_id: z.string(),
    status: z.enum(['idle', 'busy', 'offline']),
    supported_codecs: z.array(z.string()),
    last_heartbeat: time,
    current_job_id: z.string(),
    jobs_completed: whole,
    jobs_failed: whole,
    avg_benchmark_time: z.number().optional().describe('Seconds; absent before the first benchmark')
  })
  .meta({ id: 'DispatchEngine' })

export const engineListAnswer = z.union([
  z.object({ engines: z.array(engineAnswer) }),
  z.array(engineAnswer).describe('In the style `deployed`')
])

export const removedAnswer = z.object({ message: z.string() })

export const storagePoolAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    capacity_gb: z.number(),
    used_gb: z.number(),
    path: z.string(),
    created_at: time
  })
  .meta({ id: 'StoragePool' })

export const storagePoolListAnswer = z.array(storagePoolAnswer)

export const tdarrAnswer = z.object({ tdarr_server: z.enum(['online', 'offline']) })

export const healthAnswer = z.object({
  status: z.literal('healthy'),
  version: z.string().optional(),
  uptime_seconds: whole.optional(),
  jobs_queued: whole.optional(),
  engines_active: whole.optional()
})

export const statsAnswer = z.object({
  jobs: z.object({
    total: whole,
    pending: whole,
    processing: whole,
    completed: whole,
    failed: whole,
    cancelled: whole
  }),
  engines: z.object({ total: whole, active: whole, idle: whole, busy: whole, offline: whole }),
  performance: z.object({
    avg_job_time: z.number().describe('Seconds from start to end; 0 while none is completed'),
    jobs_per_hour: z.number().describe('Completed in the last hour'),
    success_rate: z.number().describe('Percent of completed and failed jobs; 100 while there are none')
  })
})

export const problemAnswer = z
  .object({ error: z.string(), error_type: z.string(), details: z.string().optional(), status: z.number().int() })
  .meta({ id: 'DispatchProblem' })

const plain = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } })

/** Text such as `Heartbeat received from engine X`. */
export const textAnswer = plain('A sentence')
/** A sentence or a {@link problemAnswer}: which of the two, deployed programs have decided from case to case. */
export const problem = (description: string) => ({
  description,
  content: { 'application/json': { schema: problemAnswer }, 'text/plain': { schema: z.string() } }
})

/** What every route may answer. */
export const errorAnswers = {
  400: problem('The request does not fit; the message names the field'),
  401: plain('No key, or a wrong one'),
  403: problem('The key may not do this'),
  404: problem('There is no such thing'),
  413: problem('The body is too large'),
  415: problem('Content-Type is none'),
  429: problem('Too many requests; Retry-After says when to come back'),
  503: problem('Not now; Retry-After says when to come back')
} as const
