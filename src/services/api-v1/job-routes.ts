import type { FastifyInstance } from 'fastify'
import type { DispatchApi, DispatchJob, DispatchState } from '../../engine/service-api.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { badCursor, cursorAfter, jobOfCursor } from './cursor.ts'
import {
  type JobParams,
  jobList,
  jobParams,
  jobView,
  type ListQuery,
  listQuery,
  type Submission,
  submission
} from './job-schemas.ts'
import { viewOf } from './job-view.ts'
import { operation } from './operation.ts'
import { wishOf } from './wish.ts'

const aJob = { description: 'The job as it is now.', schema: jobView }
/** Whoever submits may look at jobs, too. */
const readers = { scopes: ['read', 'submit'] as const }
const submitters = { scopes: ['submit'] as const }

/** The job, or throws `unknown-job`, class `input`. */
export function jobOf(dispatch: DispatchApi, id: string): DispatchJob {
  const job = dispatch.get(id)
  if (job) return job
  throw new MicrotomeError({
    code: 'unknown-job',
    class: 'input',
    message: `There is no job "${id}".`,
    hint: 'GET /api/v1/jobs lists the jobs that there are.'
  })
}

interface JobParts {
  dispatch: DispatchApi
  /** Of a submission that says none. */
  maxRetries: number
  submissions: Pick<DispatchApi, 'submit'>
}

/** Submitting, reading, listing, cancelling and retrying jobs. */
export function addJobRoutes(app: FastifyInstance, { dispatch, maxRetries, submissions }: JobParts): void {
  app.post<{ Body: Submission }>('/jobs', { schema: submitting, config: submitters }, async (request, reply) => {
    const job = await submissions.submit(wishOf(request.body, maxRetries))
    return reply
      .code(201)
      .header('location', `/api/v1/jobs/${encodeURIComponent(job.id)}`)
      .send(viewOf(job))
  })
  app.get<{ Querystring: ListQuery }>('/jobs', { schema: listing, config: readers }, async (request) =>
    pageOf(dispatch, request.query)
  )
  app.get<{ Params: JobParams }>('/jobs/:id', { schema: getting, config: readers }, async (request) =>
    viewOf(jobOf(dispatch, request.params.id))
  )
  app.post<{ Params: JobParams }>('/jobs/:id/cancel', { schema: cancelling, config: submitters }, async (request) =>
    viewOf(await dispatch.cancel(request.params.id))
  )
  app.post<{ Params: JobParams }>('/jobs/:id/retry', { schema: retrying, config: submitters }, async (request) =>
    viewOf(await dispatch.retry(request.params.id))
  )
}

function pageOf(dispatch: DispatchApi, { state, limit, cursor }: ListQuery) {
  const after = cursor === undefined ? undefined : jobOfCursor(cursor)
  if (after !== undefined && !dispatch.get(after)) throw badCursor()
  const states = (state?.split(',') as DispatchState[] | undefined)?.flatMap(withExpired)
  // One more than the page has: only where there is one, there is a next page.
  const { jobs, total } = dispatch.list({ states, limit: limit + 1, offset: 0, after })
  const page = jobs.slice(0, limit)
  const last = page.at(-1)
  const next = jobs.length > limit && last ? cursorAfter(last.id) : null
  return { jobs: page.map(viewOf), total, next_cursor: next }
}

/** Here a job that nobody took has failed, and its error says why. */
const withExpired = (state: DispatchState): DispatchState[] => (state === 'failed' ? [state, 'expired'] : [state])

const submitting = operation({
  operationId: 'submitJob',
  tag: 'jobs',
  summary: 'Submit a job',
  description:
    'What is at a URL is to be converted. The job survives whatever happens to the server from this answer on.',
  body: submission,
  answers: { 201: aJob },
  failures: [400, 413, 415, 503]
})
const listing = operation({
  operationId: 'listJobs',
  tag: 'jobs',
  summary: 'List jobs',
  description: 'The newest first. The pages of a list neither repeat nor leave out a job while others come in.',
  querystring: listQuery,
  answers: { 200: { description: 'A page of jobs.', schema: jobList } },
  failures: [400]
})
const getting = operation({
  operationId: 'getJob',
  tag: 'jobs',
  summary: 'Get a job',
  params: jobParams,
  answers: { 200: aJob },
  failures: [404]
})
const cancelling = operation({
  operationId: 'cancelJob',
  tag: 'jobs',
  summary: 'Cancel a job',
  description: 'Whoever converts it is told to stop. A job that has ended stays as it is.',
  params: jobParams,
  answers: { 200: aJob },
  failures: [404, 409, 413, 415]
})
const retrying = operation({
  operationId: 'retryJob',
  tag: 'jobs',
  summary: 'Retry a job',
  description: 'A failed or cancelled job waits again, with all its tries.',
  params: jobParams,
  answers: { 200: aJob },
  failures: [404, 409, 413, 415]
})
