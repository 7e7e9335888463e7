import { type JobState, jobState } from '../../shared/domain/jobs.ts'

/** Which of the two descriptions of the interface is followed where they differ: the document, or the programs that are out there. */
export const answerStyles = ['documented', 'deployed'] as const
export type AnswerStyle = (typeof answerStyles)[number]

/** What each state of the core is called outside. The only place where the words meet. */
export const stateWords: Record<JobState, Record<AnswerStyle, string>> = {
  queued: { documented: 'pending', deployed: 'pending' },
  held: { documented: 'pending', deployed: 'pending' },
  running: { documented: 'processing', deployed: 'assigned' },
  verifying: { documented: 'processing', deployed: 'assigned' },
  completed: { documented: 'completed', deployed: 'completed' },
  failed: { documented: 'failed', deployed: 'failed_permanently' },
  cancelled: { documented: 'cancelled', deployed: 'cancelled' }
}

/** Words of deployed programs that no job here ever has: a filter by them finds nothing. */
const wordsWithoutState = ['failed_retry', 'expired'] as const

const statesByWord = new Map<string, JobState[]>(wordsWithoutState.map((word) => [word, []]))
for (const state of jobState.options)
  for (const word of new Set(Object.values(stateWords[state])))
    statesByWord.set(word, [...(statesByWord.get(word) ?? []), state])

/** All words that a filter takes. */
export const filterWords: readonly string[] = [...statesByWord.keys()].sort()

/** The states that a word of either style stands for; undefined for a word of neither. */
export function statesOf(word: string): readonly JobState[] | undefined {
  return statesByWord.get(word)
}
