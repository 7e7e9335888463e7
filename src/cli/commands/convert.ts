import { basename } from 'node:path'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import type { Job, Report } from '../../shared/domain/jobs.ts'
import { slideSentence } from '../../shared/domain/slide-report.ts'
import type { JobError } from '../../shared/errors.ts'
import type { ConvertInvocation } from '../arguments/index.ts'
import { type LocalClient, openOrStart } from '../node/index.ts'
import { type Output, sentenceOf } from '../output/index.ts'
import { reporterFor } from '../progress/index.ts'
import { followToTheEnd } from './follow-jobs.ts'
import { warnOfIdentity } from './identity-warning.ts'
import { submissionOf } from './submission.ts'

/** A job as the last line of `convert --json` tells it. `seconds`: from its first start to its end. */
interface DoneJob {
  job: string | null
  file: string
  state: Job['state']
  output: string | null
  node: string | null
  attempts: number
  seconds: number
  error?: JobError
  report?: Report
  /** The report of a slide in a sentence. */
  summary?: string
}

/** Converts and waits; true if every job completed. An interruption cancels what has not ended. */
export async function convert(
  invocation: ConvertInvocation,
  output: Output,
  interrupted: AbortSignal
): Promise<boolean> {
  warnOfIdentity(invocation.profile, output)
  let node = await openOrStart(invocation.dataDir)
  try {
    const { submissionId, jobs, refused } = await node.door.client.submit(submissionOf(invocation, 'normal'))
    const reporter = reporterFor(output)
    const followed = { submissionId, jobs: new Map(jobs.map((job) => [job.id, job])), reporter, interrupted }
    if (jobs.length > 0) node = await followToTheEnd(invocation.dataDir, node, followed)
    reporter.end()
    const ended = await Promise.all([...followed.jobs.values()].map((job) => doneJob(node.door.client, job)))
    const done = [...ended, ...refused.map(({ path, error }) => refusedJob(path, error))]
    tell(output, done, refused.length)
    return done.every(({ state }) => state === 'completed')
  } catch (thrown) {
    throw fromRpcError(thrown)
  } finally {
    await node.close()
  }
}

function tell(output: Output, done: DoneJob[], refused: number): void {
  output.event({ event: 'done', jobs: done })
  for (const { file, summary } of done) if (summary !== undefined) output.line(`${basename(file)}: ${summary}.`)
  for (const { file, error } of refused > 0 ? done.slice(-refused) : [])
    output.line(`${file}: not taken. ${error ? sentenceOf(error) : ''}`)
  const completed = done.filter(({ state }) => state === 'completed').length
  output.line(`${completed} of ${done.length} converted.`)
}

async function doneJob(client: LocalClient, job: Job): Promise<DoneJob> {
  const { report } = await client.jobs.get({ id: job.id })
  const summary = job.state === 'completed' ? slideSentence(report) : undefined
  const { startedAtMs, endedAtMs } = job
  return {
    job: job.id,
    file: job.file,
    state: job.state,
    output: job.output ?? null,
    node: job.nodeId ?? null,
    attempts: job.attempts,
    seconds: startedAtMs === undefined || endedAtMs === undefined ? 0 : (endedAtMs - startedAtMs) / 1000,
    ...(job.error && { error: job.error }),
    ...(report && { report }),
    ...(summary !== undefined && { summary })
  }
}

const refusedJob = (file: string, error: JobError): DoneJob => ({
  job: null,
  file,
  state: 'failed',
  output: null,
  node: null,
  attempts: 0,
  seconds: 0,
  error
})
