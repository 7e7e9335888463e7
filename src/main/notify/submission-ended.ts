import type { Submission } from '../../shared/domain/jobs.ts'

/** Counts only: a notification is seen by whoever passes the screen, so it names no file. */
export interface Notice {
  title: string
  body: string
}

/** What to say of a submission that ended. */
export function noticeOf({ total, completed, failed, cancelled, skipped }: Submission): Notice {
  const counts = [
    [completed - skipped, 'converted'],
    [skipped, 'there already'],
    [failed, 'failed'],
    [cancelled, 'cancelled']
  ] as const
  const body = counts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ')
  const files = total === 1 ? '1 file' : `${total} files`
  return { title: failed > 0 ? `Done with failures: ${files}` : `Done: ${files}`, body }
}

/** Tells each end of a submission once; one that ended before we listened is old news. Retried, it ends anew. */
export class EndedSubmissions {
  readonly #told = new Map<string, number>()
  readonly #sinceMs: number

  /** @param sinceMs wall clock at the start of the program */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs
  }

  /** The notice to show now, if this is the first word of its end. */
  take(submission: Submission): Notice | undefined {
    const { id, endedAtMs } = submission
    if (endedAtMs === undefined || endedAtMs < this.#sinceMs || this.#told.get(id) === endedAtMs) return undefined
    this.#told.set(id, endedAtMs)
    return noticeOf(submission)
  }
}
