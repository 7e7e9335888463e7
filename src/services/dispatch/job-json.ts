import type { DispatchJob } from '../../engine/service-api.ts'
import type { Answers } from './answers.ts'
import { numberOf } from './priorities.ts'

/** JSON of one job. `origin` is where the caller reached us, such as `http://lab:8080`; results that lie here are fetched there. */
export type WordJob = (job: DispatchJob, origin: string) => string

/**
 * Words jobs as JSON, each state of a job once: a {@link DispatchJob} never changes, so its text is kept as long as the object
 * lives. What depends on the caller, the address of a result that lies here, is added to the kept part.
 */
export function jobWording(answers: Answers): WordJob {
  const kept = new WeakMap<DispatchJob, string>()
  return (job, origin) => {
    const text = kept.get(job) ?? keep(kept, job, answers)
    return job.hasResult ? `${text.slice(0, -1)},"output_url":${JSON.stringify(outputAddress(job.id, origin))}}` : text
  }
}

/** Where {@link jobWording} says that a result which lies here can be fetched. */
export function outputAddress(jobId: string, origin: string): string {
  return `${origin}/jobs/${jobId}/output`
}

function keep(kept: WeakMap<DispatchJob, string>, job: DispatchJob, answers: Answers): string {
  const text = JSON.stringify(fieldsOf(job, answers))
  kept.set(job, text)
  return text
}

function fieldsOf(job: DispatchJob, answers: Answers) {
  return {
    job_id: job.id,
    source_url: job.sourceUrl,
    target_codec: job.targetCodec,
    job_size: job.jobSizeMb,
    status: answers.word(job),
    assigned_engine: job.assignedEngine ?? null,
    output_url: job.hasResult ? undefined : (job.outputUrl ?? null),
    progress: job.progress === undefined ? undefined : answers.percent(job.progress),
    progress_message: job.progressMessage,
    retries: job.retries,
    max_retries: job.maxRetries,
    priority: numberOf(job.priority),
    resource_requirements: job.resourceRequirements ?? {},
    error_message: job.error?.message,
    created_at: answers.time(job.createdAtMs),
    updated_at: answers.time(job.updatedAtMs)
  }
}
