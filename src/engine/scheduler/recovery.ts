import type { StoredJob } from '../jobs/job-store.ts'
import type { Lease } from '../leases/lease-store.ts'
import type { Outcomes } from './outcomes.ts'
import type { MasterParts } from './parts.ts'

/**
 * What an earlier run of this master left, whatever moment it was killed at:
 * - results that were being given their names are finished from their journal;
 * - leases of paired workers are taken up again: who answers in time keeps the epoch, who is silent loses it by the sweep;
 * - leases of the own worker are over, its children died with the engine: those jobs wait again, no attempt is counted;
 * - jobs and leases that a crash left out of step are brought back to `queued` and `waiting`.
 */
export async function recover(parts: MasterParts, outcomes: Outcomes, selfId: string): Promise<void> {
  for (const job of await parts.jobs.inState(['verifying'])) await finishCommit(parts, outcomes, job)
  const running = new Map((await parts.jobs.inState(['running'])).map((job) => [job.id, job]))
  for (const lease of await parts.leases.leases()) {
    const job = running.get(lease.jobId)
    if (job && lease.workerId !== selfId) takeUp(parts, job, lease)
    else await parts.leases.release(lease)
    if (job && lease.workerId !== selfId) running.delete(job.id)
  }
  for (const job of running.values()) await queueAgain(parts, job)
}

async function finishCommit(parts: MasterParts, outcomes: Outcomes, job: StoredJob): Promise<void> {
  try {
    if (job.commit) return await outcomes.commit(job, job.commit)
  } catch (thrown) {
    parts.onBug(thrown)
  }
  await queueAgain(parts, job)
}

function takeUp(parts: MasterParts, job: StoredJob, lease: Lease): void {
  const { taskId, epoch } = lease
  parts.live.put({
    lent: {
      taskId,
      epoch,
      kind: job.kind,
      profile: job.profile,
      sourcePath: job.source.path,
      sizeBytes: job.sizeBytes,
      name: job.name,
      stagingDir: parts.outputs.stagingDirOf(job, epoch)
    },
    jobId: job.id,
    workerId: lease.workerId,
    workerName: job.ranOn?.nodeName ?? lease.workerId,
    why: 'It went on while this computer was restarted.',
    startedAtMs: job.startedAtMs ?? parts.clock.wallMs(),
    progress: { progress: 0, stage: 'converting' },
    settling: false
  })
}

async function queueAgain(parts: MasterParts, job: StoredJob): Promise<void> {
  const task = await parts.leases.task(job.id)
  if (task && task.epoch > 0) {
    await parts.jobs.endAttempt(job.id, task.epoch, { outcome: 'lost', endedAtMs: parts.clock.wallMs() })
    await parts.outputs.discard(job, task.epoch)
  }
  await parts.leases.reopen(job.id)
  await parts.jobs.change(job.id, ['running', 'verifying'], { state: 'queued', commit: undefined })
}
