import { type JobError, MicrotomeError } from '../../shared/errors.ts'
import type { JobEdit, JobEditInvocation } from '../arguments/index.ts'
import type { LocalClient } from '../node/index.ts'
import { type Output, sentenceOf } from '../output/index.ts'
import { pagesOf } from './follow-jobs.ts'

const past: Record<JobEdit, string> = { cancel: 'cancelled', retry: 'queued again', hold: 'held', release: 'released' }

/** cancel, retry, hold, release: true if every job could be changed. An id may be shortened as long as it means one job. */
export async function editJobs(client: LocalClient, invocation: JobEditInvocation, output: Output): Promise<boolean> {
  const ids = await resolveIds(client, invocation.jobs)
  const { changed, refused } = await client.jobs[invocation.command]({ ids })
  output.event({ event: 'changed', changed, refused: refused.map(({ id, error }) => ({ job: id, error })) })
  output.line(`${changed} ${changed === 1 ? 'job' : 'jobs'} ${past[invocation.command]}.`)
  for (const { id, error } of refused) output.line(`${id}: ${sentenceOf(error)}`)
  return refused.length === 0
}

/** Throws `unknown-job` or `ambiguous-job` before anything is changed. */
async function resolveIds(client: LocalClient, prefixes: readonly string[]): Promise<string[]> {
  const all: string[] = []
  for await (const page of pagesOf(client)) all.push(...page.map(({ id }) => id))
  return [...new Set(prefixes.map((prefix) => resolveId(all, prefix)))]
}

function resolveId(all: readonly string[], prefix: string): string {
  const meant = all.includes(prefix) ? [prefix] : all.filter((id) => id.startsWith(prefix))
  const [only] = meant
  if (only !== undefined && meant.length === 1) return only
  throw new MicrotomeError(meant.length === 0 ? unknown(prefix) : ambiguous(prefix, meant.length))
}

const unknown = (prefix: string): JobError => ({
  code: 'unknown-job',
  class: 'input',
  message: `There is no job "${prefix}".`,
  hint: '"microtome jobs" lists them.'
})

const ambiguous = (prefix: string, count: number): JobError => ({
  code: 'ambiguous-job',
  class: 'input',
  message: `"${prefix}" begins the ids of ${count} jobs.`,
  hint: 'Give more letters of the one you mean.'
})
