import type { DispatchJob, DispatchState } from '../../engine/service-api.ts'

/** Which of the two descriptions of the interface is followed where they differ: the document, or the programs that are out there. */
export const answerStyles = ['documented', 'deployed'] as const
export type AnswerStyle = (typeof answerStyles)[number]

/** What each state is called outside. The only place where the words meet. */
export const stateWords: Record<DispatchState, Record<AnswerStyle, string>> = {
  queued: { documented: 'pending', deployed: 'pending' },
  held: { documented: 'pending', deployed: 'pending' },
  running: { documented: 'processing', deployed: 'assigned' },
  verifying: { documented: 'processing', deployed: 'assigned' },
  completed: { documented: 'completed', deployed: 'completed' },
  failed: { documented: 'failed', deployed: 'failed_permanently' },
  expired: { documented: 'failed', deployed: 'expired' },
  cancelled: { documented: 'cancelled', deployed: 'cancelled' }
}
const states = Object.keys(stateWords) as DispatchState[]

/** A word of deployed programs that no job here ever has, for one that waits for its next try is pending: a filter by it finds nothing. */
const wordWithoutState = 'failed_retry'

const statesByWord = new Map<string, DispatchState[]>([[wordWithoutState, []]])
for (const state of states)
  for (const word of new Set(Object.values(stateWords[state])))
    statesByWord.set(word, [...(statesByWord.get(word) ?? []), state])

/** All words that a filter takes. */
export const filterWords: readonly string[] = [...statesByWord.keys()].sort()

/** What a job's state is called. */
export function wordOf({ state, expired }: Pick<DispatchJob, 'state' | 'expired'>, style: AnswerStyle): string {
  return stateWords[expired ? 'expired' : state][style]
}

/** The states that a word of either style stands for; undefined for a word of neither. */
export function statesOf(word: string): readonly DispatchState[] | undefined {
  return statesByWord.get(word)
}
