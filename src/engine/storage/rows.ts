import { z } from 'zod'
import {
  attempt,
  dispatchTimes,
  jobDetails,
  jobState,
  onExists,
  priority,
  report,
  sink,
  source,
  submission
} from '../../shared/domain/jobs.ts'
import { kind, profile } from '../../shared/domain/profiles.ts'
import { jobError, MicrotomeError } from '../../shared/errors.ts'
import type { CommitJournal, DispatchFacts, KnownResult, StoredJob } from '../jobs/index.ts'
import { json, optional } from './column-types.ts'
import type { Row } from './database.ts'

const commitJournal = z.object({
  epoch: z.number().int(),
  stagingDir: z.string(),
  moves: z.array(z.object({ from: z.string(), to: z.string() })),
  output: z.string()
}) satisfies z.ZodType<CommitJournal>

export const dispatchFacts = z.object({
  targetCodec: z.string(),
  jobSizeMb: z.number(),
  maxRetries: z.number().int(),
  times: dispatchTimes.optional(),
  resourceRequirements: z.record(z.string(), z.unknown()).optional(),
  outputUrl: z.string().optional()
}) satisfies z.ZodType<DispatchFacts>

const flag = z.literal([0, 1]).transform((value) => value === 1)

const jobRow = z.object({
  id: z.string(),
  submissionId: z.string(),
  sequence: z.number().int(),
  source: json(source),
  name: z.string(),
  kind,
  sizeBytes: z.number(),
  sourceModifiedAtMs: z.number(),
  profile: json(profile),
  sink: json(sink),
  onExists,
  priority,
  state: jobState,
  attempts: z.number().int(),
  notBeforeMs: z.number(),
  failedNodeIds: json(z.array(z.string())),
  ranOn: optional(json(z.object({ nodeId: z.string(), nodeName: z.string() }))),
  commit: optional(json(commitJournal)),
  output: optional(z.string()),
  skipped: optional(flag),
  error: optional(json(jobError)),
  report: optional(json(report)),
  dispatch: optional(json(dispatchFacts)),
  createdAtMs: z.number(),
  startedAtMs: optional(z.number()),
  endedAtMs: optional(z.number())
}) satisfies z.ZodType<StoredJob>

const attemptRow = attempt.extend({ endedAtMs: optional(z.number()), error: optional(json(jobError)) })
const submissionRow = submission.extend({ endedAtMs: optional(z.number()) })
const logLineRow = jobDetails.shape.logLines.element
const resultRow = z.object({
  output: z.string(),
  sourcePath: z.string(),
  sourceSizeBytes: z.number(),
  sourceModifiedAtMs: z.number(),
  profile: json(profile),
  outputSizeBytes: z.number(),
  outputModifiedAtMs: z.number()
}) satisfies z.ZodType<KnownResult>

/** Parses rows of one kind; throws `damaged-record` (class `node`) for one that this version can't read. */
export const parser =
  <T>(what: string, schema: z.ZodType<T>) =>
  (row: Row): T => {
    const parsed = schema.safeParse(row)
    if (parsed.success) return parsed.data
    throw new MicrotomeError(
      {
        code: 'damaged-record',
        class: 'node',
        message: `A ${what} in the storage can't be read: ${z.prettifyError(parsed.error)}.`,
        hint: 'Move the database file away to start with an empty queue, or bring it back from a backup.'
      },
      { cause: parsed.error }
    )
  }

export const toJob = parser<StoredJob>('job', jobRow)
export const toAttempt = parser('attempt', attemptRow)
export const toSubmission = parser('submission', submissionRow)
export const toLogLine = parser('log line', logLineRow)
export const toResult = parser<KnownResult>('result', resultRow)
export const toLease = parser(
  'lease',
  z.object({ taskId: z.string(), jobId: z.string(), epoch: z.number().int(), workerId: z.string() })
)
export const toTask = parser(
  'task',
  z.object({
    epoch: z.number().int(),
    state: z.enum(['waiting', 'leased', 'done', 'failed']),
    workerId: optional(z.string())
  })
)
