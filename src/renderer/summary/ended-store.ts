import { create } from 'zustand'
import type { Submission } from '../../shared/domain/jobs.ts'
import { useLab } from '../state/lab-store.ts'

interface EndedState {
  /** Submissions that ended while this page watched and that nobody put away, newest last. */
  ids: readonly string[]
}

/** Which ended submissions still deserve a banner. */
export const useEnded = create<EndedState>()(() => ({ ids: [] }))

/** Takes the banner of a submission away. */
export function putAway(id: string): void {
  useEnded.setState(({ ids }) => ({ ids: ids.filter((known) => known !== id) }))
}

/** The ids of submissions that ended between two looks at them; one that was retried is no longer ended. */
export function newlyEnded(
  before: ReadonlyMap<string, Submission>,
  now: ReadonlyMap<string, Submission>
): { ended: string[]; reopened: string[] } {
  const ended: string[] = []
  const reopened: string[] = []
  for (const [id, submission] of now) {
    const known = before.get(id)
    if (!known) continue
    if (known.endedAtMs === undefined && submission.endedAtMs !== undefined) ended.push(id)
    if (known.endedAtMs !== undefined && submission.endedAtMs === undefined) reopened.push(id)
  }
  return { ended, reopened }
}

useLab.subscribe(({ submissions }, before) => {
  if (submissions === before.submissions) return
  const { ended, reopened } = newlyEnded(before.submissions, submissions)
  if (ended.length === 0 && reopened.length === 0) return
  useEnded.setState(({ ids }) => ({ ids: [...ids.filter((id) => !reopened.includes(id)), ...ended] }))
})
