import { z } from 'zod'
import { jobError } from '../errors.ts'
import { kind, profile } from './profiles.ts'

export const priorities = ['stat', 'high', 'normal', 'low'] as const
export const priority = z.enum(priorities)
export type Priority = z.infer<typeof priority>

/** queued -> running -> verifying -> completed | failed | cancelled; `held` by the user. Drawn in engine/jobs. */
export const jobState = z.enum(['queued', 'held', 'running', 'verifying', 'completed', 'failed', 'cancelled'])
export type JobState = z.infer<typeof jobState>
export const endedStates = ['completed', 'failed', 'cancelled'] as const satisfies JobState[]

/** What to do where the destination holds a file of that name: leave it if it is the same result, write beside it, or replace it. */
export const onExists = z.enum(['skip', 'rename', 'replace'])
export type OnExists = z.infer<typeof onExists>

/** The files of a source that has several: `files` relative with `/` to the folder `dir` (absolute), the main file first. */
export const sourceParts = z.object({
  dir: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() }))
})
export type SourceParts = z.infer<typeof sourceParts>

/** What the look at a slide said, as far as it bears on where the job runs and on viewing it while it runs. */
export const slideFacts = z.object({
  widthPx: z.number().int(),
  heightPx: z.number().int(),
  tileSizePx: z.number().int().optional(),
  copyable: z.boolean().optional(),
  mpp: z.number().optional(),
  magnification: z.number().optional()
})
export type SlideFacts = z.infer<typeof slideFacts>

const lookedAt = { parts: sourceParts.optional(), slide: slideFacts.optional() }

/**
 * `file`: read in place; `path` is a file, or a folder that is one slide (a DICOM series). `upload`: streamed in by a browser,
 * deleted after the job; `path` lies in the node's data folder. `url`: fetched by the master when a node is to run it, to `path` in
 * the data folder, deleted after the job; an outside engine fetches it itself.
 */
export const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('file'), path: z.string(), ...lookedAt }),
  z.object({ type: z.literal('upload'), path: z.string(), uploadId: z.string(), ...lookedAt }),
  z.object({ type: z.literal('url'), path: z.string(), url: z.string(), ...lookedAt })
])
export type Source = z.infer<typeof source>

/**
 * Where a result goes. `name`: what it is called there, without ending, where it is not called as its source. `blob`: kept in the
 * data folder for a time and fetched over HTTP. `url`: made in `dir` of the data folder, then PUT to `url`.
 */
export const sink = z.discriminatedUnion('type', [
  z.object({ type: z.literal('folder'), dir: z.string(), name: z.string().optional() }),
  z.object({ type: z.literal('blob'), dir: z.string(), name: z.string().optional() }),
  z.object({ type: z.literal('url'), dir: z.string(), url: z.string(), name: z.string().optional() })
])
export type Sink = z.infer<typeof sink>

/** How long a job by URL may take for what; the usual, or as long as it takes, where one is missing. */
export const dispatchTimes = z.object({
  /** Before the first retry; doubled before each later one. */
  retryDelayMs: z.number().optional(),
  /** While nobody takes it: then it fails (`job-expired`). */
  waitMs: z.number().optional(),
  /** For one try of an outside engine, as long as it gets no further: then others get it. */
  tryMs: z.number().optional()
})
export type DispatchTimes = z.infer<typeof dispatchTimes>

/** Speed in the unit that fits the converter: megapixels, or seconds of video, per second. */
export const speed = z.object({ value: z.number(), unit: z.enum(['Mpx/s', 'x', 'MB/s']) })
export type Speed = z.infer<typeof speed>

/** Where a running task stands. `progress` 0..1 over the whole task, transfers included. */
export const taskProgress = z.object({
  progress: z.number().min(0).max(1),
  stage: z.enum(['fetching', 'converting', 'delivering', 'verifying']),
  speed: speed.optional(),
  remainingMs: z.number().nonnegative().optional()
})
export type TaskProgress = z.infer<typeof taskProgress>

/** What a converter says of its result (shown in the UI, the CLI's `report`, and a slide's sidecar). */
export const report = z.record(z.string(), z.unknown())
export type Report = z.infer<typeof report>

/** One try of a job on one node. */
export const attempt = z.object({
  epoch: z.number().int(),
  nodeId: z.string(),
  nodeName: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  outcome: z.enum(['running', 'completed', 'failed', 'lost', 'released', 'cancelled', 'refused']),
  error: jobError.optional()
})
export type Attempt = z.infer<typeof attempt>

/** A job as lists show it. `file` is the source's path; `name` its last part. */
export const job = z.object({
  id: z.string(),
  submissionId: z.string(),
  file: z.string(),
  name: z.string(),
  kind,
  /** Of all files of the source. */
  sizeBytes: z.number(),
  /** Files of a source that has several. */
  fileCount: z.number().int().optional(),
  profile,
  priority,
  state: jobState,
  progress: z.number(),
  stage: taskProgress.shape.stage.optional(),
  speed: speed.optional(),
  remainingMs: z.number().optional(),
  nodeId: z.string().optional(),
  nodeName: z.string().optional(),
  /** Tries that count: a released lease (pause, quit) does not. */
  attempts: z.number().int(),
  /** Absolute path of the result's main file, once completed. */
  output: z.string().optional(),
  /**
   * Of a slide's job while it runs or is verified: `now` if the viewer may open it already, from the addresses that it has when it
   * is completed (`/results/<id>/…`, see services/dashboard/results-routes.ts); `later` if only then.
   */
  viewable: z.enum(['now', 'later']).optional(),
  /** Completed without work, because the destination held the same result already. */
  skipped: z.boolean().optional(),
  error: jobError.optional(),
  /** One sentence: why it waits, or why this node runs it. */
  why: z.string().optional(),
  createdAtMs: z.number(),
  startedAtMs: z.number().optional(),
  endedAtMs: z.number().optional()
})
export type Job = z.infer<typeof job>

/** All there is to say about one job. `command` reproduces it on the command line, for support. */
export const jobDetails = job.extend({
  destination: z.string(),
  onExists,
  attemptLog: z.array(attempt),
  logLines: z.array(
    z.object({ atMs: z.number(), level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string() })
  ),
  command: z.string(),
  report: report.optional()
})
export type JobDetails = z.infer<typeof jobDetails>

/** One drop and how far it is; counts are over all its jobs, the skipped ones among the completed. */
export const submission = z.object({
  id: z.string(),
  createdAtMs: z.number(),
  endedAtMs: z.number().optional(),
  destination: z.string(),
  priority,
  onExists,
  total: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  skipped: z.number()
})
export type Submission = z.infer<typeof submission>
