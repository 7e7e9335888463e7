import { z } from 'zod'
import { jobState, priorities, priority } from '../../shared/domain/jobs.ts'
import { profileName } from '../../shared/domain/profiles.ts'
import { stateWords } from '../dispatch/states.ts'

const instant = z.iso.datetime().describe('RFC 3339, UTC')
const webUrl = z.url({ protocol: /^https?$/ }).max(8192)
const distconvWords = [...new Set(Object.values(stateWords).map(({ deployed }) => deployed))]

const jobExample = {
  job_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  state: 'completed',
  status: 'completed',
  source_url: 'https://media.example.org/endoscopy.mov',
  target_codec: 'h264',
  profile: 'h264',
  priority: 'normal',
  job_size: 120.5,
  sink: { type: 'blob' },
  resource_requirements: {},
  assigned_engine: null,
  progress: 100,
  progress_message: null,
  output_url: '/api/v1/jobs/0f8fad5b-d9cb-469f-a165-70867728950e/result',
  retries: 0,
  max_retries: 3,
  error: null,
  created_at: '2026-01-31T12:00:00.000Z',
  updated_at: '2026-01-31T12:04:30.000Z',
  started_at: '2026-01-31T12:00:01.000Z',
  ended_at: '2026-01-31T12:04:30.000Z'
}

/** Where a result goes: kept here and fetched from here, or PUT to a URL. */
const sink = z.discriminatedUnion('type', [
  z.object({ type: z.literal('blob') }),
  z.object({ type: z.literal('url'), url: webUrl.describe('The result is PUT here; http or https') })
])

/** A job as it is answered; what is not known is null. URLs come without the user and password in them. */
export const jobView = z
  .object({
    job_id: z.string(),
    state: jobState.describe(
      'queued, running, verifying, then completed, failed or cancelled; held while an operator holds it back'
    ),
    status: z.enum(distconvWords).describe('The state, as programs written for distconv know it'),
    source_url: z.string(),
    target_codec: z.string().describe('As it was submitted'),
    profile: profileName.describe('What it is converted to'),
    priority,
    job_size: z.number().describe('As it was submitted, in MB'),
    sink: z.object({ type: z.enum(['blob', 'url']), url: z.string().optional() }),
    resource_requirements: z.record(z.string(), z.unknown()).describe('As they were submitted'),
    assigned_engine: z.string().nullable().describe('Who has it now: an engine, or a node of the lab'),
    progress: z.number().min(0).max(100).nullable().describe('Percent'),
    progress_message: z.string().nullable(),
    output_url: z
      .string()
      .nullable()
      .describe('Where the result is; a path is one of this server, and wants the same key'),
    retries: z.int().describe('Tries that failed'),
    max_retries: z.int(),
    error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
    created_at: instant,
    updated_at: instant,
    started_at: instant.nullable(),
    ended_at: instant.nullable()
  })
  .meta({ id: 'Job', examples: [jobExample] })
export type JobView = z.infer<typeof jobView>

/** A page of jobs. */
export const jobList = z
  .object({
    jobs: z.array(jobView),
    total: z.int().describe('All jobs that match, on whatever page'),
    next_cursor: z.string().nullable().describe('For the next page; null on the last')
  })
  .meta({ id: 'JobList', examples: [{ jobs: [jobExample], total: 1, next_cursor: null }] })

/** Fields that are not known are ignored. */
export const submission = z
  .object({
    source_url: webUrl.describe('What to convert; http or https'),
    profile: profileName.optional().describe('What to make of it; h264 where neither this nor target_codec is given'),
    target_codec: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("Instead of profile, for videos: h264, h265, vp9, av1, or the name of one of ffmpeg's encoders"),
    job_size: z.number().min(0).max(1e12).default(0).describe('In MB, a hint for scheduling; 0 where it is not known'),
    max_retries: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe("How often it is tried again; the server's own where absent"),
    priority: z
      .union([priority, z.literal(0), z.literal(1), z.literal(2)], {
        error: `expected one of ${priorities.join(', ')}, or 0, 1, 2`
      })
      .default('normal')
      .describe('The first of stat, high, normal, low goes first; 0 is normal, 1 high, 2 stat'),
    sink: sink.default({ type: 'blob' }).describe('blob: kept here for a time, and fetched as the result of the job'),
    resource_requirements: z.record(z.string(), z.unknown()).optional().describe('Kept and answered as they are')
  })
  .meta({
    id: 'Submission',
    examples: [
      { source_url: 'https://media.example.org/endoscopy.mov' },
      {
        source_url: 'https://media.example.org/endoscopy.mov',
        target_codec: 'libx265',
        job_size: 120.5,
        max_retries: 1,
        priority: 2,
        sink: { type: 'url', url: 'https://media.example.org/results/endoscopy.mp4' }
      },
      { source_url: 'https://slides.example.org/1.svs', profile: 'szi', priority: 'low' }
    ]
  })
export type Submission = z.infer<typeof submission>

export const jobParams = z.object({ id: z.string().min(1).max(200).describe('job_id of the job') })
export type JobParams = z.infer<typeof jobParams>

const anyState = jobState.options.join('|')

export const listQuery = z.object({
  state: z
    .string()
    .regex(
      new RegExp(`^(${anyState})(,(${anyState}))*$`),
      `expected some of ${jobState.options.join(', ')}, with commas between`
    )
    .optional()
    .describe('Only jobs in one of these states, with commas between them')
    .meta({ examples: ['queued,running'] }),
  limit: z.coerce.number().int().min(1).max(1000).default(50).describe('Jobs of a page'),
  cursor: z.string().min(1).max(500).optional().describe('next_cursor of the page before; opaque')
})
export type ListQuery = z.infer<typeof listQuery>
