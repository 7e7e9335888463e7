import type { Job, JobState, Priority } from '../../shared/domain/jobs.ts'
import { type Kind, profiles } from '../../shared/domain/profiles.ts'
import { formatDuration } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { formatBytes } from '../format/quantity.ts'

/** How a state reads in lists. */
export const stateWords: Record<JobState, string> = {
  queued: 'Waiting',
  held: 'Held',
  running: 'Running',
  verifying: 'Verifying',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled'
}

/** How a priority reads, highest first. */
export const priorityWords: Record<Priority, string> = { stat: 'Stat', high: 'High', normal: 'Normal', low: 'Low' }

/** How a kind of content reads. */
export const kindWords: Record<Kind, string> = { slide: 'Slide', image: 'Image', video: 'Video' }

const stageWords = {
  fetching: 'Sending',
  converting: 'Converting',
  delivering: 'Returning',
  verifying: 'Verifying'
} as const

/** The state of a job in one or two words, with its stage while it runs. */
export function stateOf(job: Job): string {
  if (job.state === 'running' && job.stage) return stageWords[job.stage]
  if (job.state === 'completed' && job.skipped) return 'Already there'
  return stateWords[job.state]
}

/** `812 MB, Deep Zoom (folder)`: what goes in and what comes out. */
export function recipeOf(job: Job): string {
  return `${formatBytes(job.sizeBytes)}, ${profiles[job.profile.name].title}`
}

/** What a row says where a running job shows its bar; empty where there is nothing to say. */
export function remarkOf(job: Job, nowMs: number): string {
  switch (job.state) {
    case 'queued':
    case 'held':
    case 'running':
    case 'verifying':
      return job.why ?? ''
    case 'failed':
      return job.error?.message ?? 'It failed without a reason.'
    case 'cancelled':
      return job.endedAtMs === undefined ? '' : `Stopped at ${formatMoment(job.endedAtMs, nowMs)}`
    case 'completed':
      return job.skipped ? 'The same result was there already' : completedRemark(job, nowMs)
  }
}

function completedRemark({ startedAtMs, endedAtMs }: Job, nowMs: number): string {
  if (endedAtMs === undefined) return ''
  const at = formatMoment(endedAtMs, nowMs)
  return startedAtMs === undefined ? at : `${at}, took ${formatDuration(endedAtMs - startedAtMs)}`
}
