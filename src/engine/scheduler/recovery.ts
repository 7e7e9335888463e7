import type { StoredJob } from '../jobs/job-store.ts'
import type { Lease } from '../leases/lease-store.ts'
import type { Outcomes } from './outcomes.ts'
import type { MasterParts } from './parts.ts'

/**
 * What an earlier run of this master left, whatever moment it was killed at:
 * - leases of paired workers are taken up again: who answers in time keeps the epoch, who is silent loses it by the sweep;
 * - results that were being given their names are finished from their journal;
 * - leases of the own worker are over, its children died with the engine: slides go on under a new lease with what lies in
 *   their folders (`leftEpoch`), other jobs wait again; no attempt is counted;
 * - jobs and leases that a crash left out of step are brought back to `queued` and `waiting`.
 *
 * Before the peer door opens: a worker that asks earlier would be told that its lease is stale.
 */
export async function recover(parts: MasterParts, outcomes: Outcomes, selfId: string): Promise<void> {
  const unfinished = await parts.jobs.inState(['running', 'verifying'])
  const running = new Map(unfinished.filter((job) => job.state === 'running').map((job) => [job.id, job]))
  for (const lease of await parts.leases.leases()) {
    const job = running.get(lease.jobId)
    if (job && lease.workerId !== selfId)
      takeUp(parts, job, lease, { why: 'It went on while this computer was restarted.' })
    else if (job && canGoOn(job)) await goOn(parts, job, lease)
    else await parts.leases.release(lease)
  }
  for (const job of unfinished) if (!parts.live.ofTask(job.id)) await bringBack(parts, outcomes, job)
}

/** A job that seems to run and that nobody stands for: its names are given if its result is whole, else it waits again. */
export async function bringBack(parts: MasterParts, outcomes: Outcomes, job: StoredJob): Promise<void> {
  try {
    if (job.state === 'verifying' && job.commit)
      return job.sink.type === 'url' ? outcomes.commitLater(job, job.commit) : await outcomes.commit(job, job.commit)
  } catch (thrown) {
    parts.log.warn('an interrupted result could not be put in its place', { jobId: job.id }, thrown)
  }
  await queueAgain(parts, outcomes, job)
}

/** Only a slide is many pieces that can be told apart; what a URL gives is fetched anew. */
const canGoOn = ({ kind, source }: StoredJob) => kind === 'slide' && source.type !== 'url'

/** Where this fails the job waits again as any other. */
async function goOn(parts: MasterParts, job: StoredJob, left: Lease): Promise<void> {
  const { leases, jobs, clock } = parts
  await leases.release(left)
  const lease = await leases.claim(left.taskId, left.workerId, left.epoch)
  if (!lease) return
  const startedAtMs = clock.wallMs()
  await jobs.endAttempt(job.id, left.epoch, { outcome: 'lost', endedAtMs: startedAtMs })
  const ranOn = job.ranOn ?? { nodeId: lease.workerId, nodeName: lease.workerId }
  await jobs.startAttempt(job.id, { epoch: lease.epoch, ...ranOn, startedAtMs })
  takeUp(parts, job, lease, { why: 'It goes on here, where it was when this computer stopped.', leftEpoch: left.epoch })
}

function takeUp(
  parts: MasterParts,
  job: StoredJob,
  lease: Lease,
  { why, leftEpoch }: { why: string; leftEpoch?: number }
): void {
  const { taskId, epoch } = lease
  parts.live.put({
    lent: {
      taskId,
      epoch,
      kind: job.kind,
      profile: job.profile,
      sourcePath: job.source.path,
      parts: job.source.parts,
      sizeBytes: job.sizeBytes,
      name: job.name,
      stagingDir: parts.outputs.stagingDirOf(job, epoch),
      leftEpoch
    },
    job,
    jobId: job.id,
    workerId: lease.workerId,
    workerName: job.ranOn?.nodeName ?? lease.workerId,
    why,
    startedAtMs: job.startedAtMs ?? parts.clock.wallMs(),
    progress: { progress: 0, stage: 'converting' },
    settling: false,
    revoked: false
  })
}

async function queueAgain(parts: MasterParts, outcomes: Outcomes, job: StoredJob): Promise<void> {
  const task = await parts.leases.task(job.id)
  if (task && task.epoch > 0) {
    await parts.jobs.endAttempt(job.id, task.epoch, { outcome: 'lost', endedAtMs: parts.clock.wallMs() })
    await outcomes.discard(job, task.epoch)
    await parts.leases.release({ taskId: job.id, epoch: task.epoch })
  }
  await parts.leases.reopen(job.id)
  await parts.jobs.change(job.id, ['running', 'verifying'], { state: 'queued', commit: undefined })
  parts.events.emit('job', job.id)
}
