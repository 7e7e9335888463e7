import { notifications } from '@mantine/notifications'
import type { Job, Priority } from '../../shared/domain/jobs.ts'
import { api } from '../api/client.ts'
import { plural } from '../format/quantity.ts'
import { notifyProblem } from '../problem/index.ts'
import { useLab } from '../state/lab-store.ts'
import { idsFor, type JobAction } from './job-actions.ts'

type Bulk = Exclude<JobAction, 'set-priority' | 'view'>
type Changed = Awaited<ReturnType<typeof api.jobs.cancel>>

/** Does `action` to those of the jobs that allow it, and says what the engine refused. */
export async function runAction(action: Bulk, jobs: Iterable<Job>): Promise<void> {
  await change(idsFor(jobs, action), (ids) => api.jobs[action]({ ids }))
}

/** Moves waiting and held jobs to another priority. */
export async function changePriority(priority: Priority, jobs: Iterable<Job>): Promise<void> {
  await change(idsFor(jobs, 'set-priority'), (ids) => api.jobs.setPriority({ ids, priority }))
}

/** Queues what failed of a submission once more. */
export async function retryFailed(submissionId: string): Promise<void> {
  try {
    const { changed } = await api.submissions.retryFailed({ id: submissionId })
    notifications.show({ message: `${plural(changed, 'file')} queued again.`, autoClose: 4000 })
  } catch (error) {
    notifyProblem(error)
  }
}

/** The jobs of these ids that the list still holds. */
export function jobsOf(ids: Iterable<string>): Job[] {
  const { jobs } = useLab.getState()
  return [...ids].flatMap((id) => jobs.get(id) ?? [])
}

async function change(ids: string[], call: (ids: string[]) => Promise<Changed>): Promise<void> {
  if (ids.length === 0) return
  try {
    const { refused } = await call(ids)
    const first = refused[0]
    if (!first) return
    const others = refused.length > 1 ? ` ${plural(refused.length - 1, 'other job')} likewise.` : ''
    notifications.show({ color: 'orange', title: first.error.message + others, message: first.error.hint ?? '' })
  } catch (error) {
    notifyProblem(error)
  }
}
