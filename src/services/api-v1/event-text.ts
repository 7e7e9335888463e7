import type { DispatchJob } from '../../engine/service-api.ts'
import { viewOf } from './job-view.ts'

/** What an event stream begins with: how long to wait before coming back after a cut. */
export const greeting = 'retry: 2000\n'
/** Says that the connection lives; programs do not see it. */
export const keepAlive = ': \n\n'

/** Where a stream is, without an event: what comes back as `Last-Event-ID` from somebody who saw none. */
export const markOf = (id: string) => `id: ${id}\n\n`
/** More happened than is remembered: what the caller knows of jobs is out of date. */
export const resetEvent = (id: string) => `id: ${id}\nevent: reset\ndata: {}\n\n`
export const removedEvent = (id: string, jobId: string) =>
  `id: ${id}\nevent: removed\ndata: ${JSON.stringify({ job_id: jobId })}\n\n`
export const jobEvent = (id: string, job: DispatchJob) => `id: ${id}\nevent: job\ndata: ${jsonOf(job)}\n\n`

/** Every change makes a new object, so its text is made once for all who listen. */
const texts = new WeakMap<DispatchJob, string>()

function jsonOf(job: DispatchJob): string {
  const known = texts.get(job)
  if (known !== undefined) return known
  const text = JSON.stringify(viewOf(job))
  texts.set(job, text)
  return text
}
