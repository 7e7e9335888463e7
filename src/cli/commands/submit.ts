import type { SubmitInvocation } from '../arguments/index.ts'
import type { LocalClient } from '../node/index.ts'
import { jobEvent, type Output, sentenceOf } from '../output/index.ts'
import { warnOfIdentity } from './identity-warning.ts'
import { submissionOf } from './submission.ts'

/** Hands files to the running node and doesn't wait; true if it took them all. */
export async function submit(client: LocalClient, invocation: SubmitInvocation, output: Output): Promise<boolean> {
  warnOfIdentity(invocation.profile, output)
  const { jobs, refused } = await client.submit(submissionOf(invocation, invocation.priority))
  for (const job of jobs) {
    output.event(jobEvent(job))
    output.line(`${job.id}  ${job.file}`)
  }
  for (const { path, error } of refused) {
    output.event({ event: 'refused', file: path, error })
    output.line(`${path}: not taken. ${sentenceOf(error)}`)
  }
  return refused.length === 0
}
