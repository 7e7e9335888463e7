import type { DispatchJob } from '../../engine/service-api.ts'
import { type AnswerStyle, wordOf } from './states.ts'

/** Everything in which the two styles differ; routes ask this and never for the style. */
export interface Answers {
  /** Of a submission: the deployed client throws on anything but 200. */
  submitted: 200 | 201
  /** RFC 3339 to the second, or whole ms since 1970. */
  time(atMs: number): string | number
  word(job: Pick<DispatchJob, 'state' | 'expired'>): string
  /** Of a share 0..1. */
  percent(progress: number): number
  /** Lists are arrays, without an envelope; `/engines/` has what an engine said of itself. */
  bareLists: boolean
  /** Jobs in a list where the caller names no limit. */
  listLimit: number
  /** Errors are text where deployed programs have it so; else all are JSON. */
  textErrors: boolean
  /** `/health` has `status` alone. */
  shortHealth: boolean
  /** How long a job may wait where no setting says it; 0 is for ever. */
  pendingTimeoutS: number
  /** `complete` is refused without the address of the output. */
  needsOutputUrl: boolean
}

/** More than anybody reads at once; as an answer it has some 4 MB. */
export const maxListLimit = 10_000

const styles: Record<AnswerStyle, Answers> = {
  documented: {
    submitted: 201,
    time: (atMs) => `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    word: (job) => wordOf(job, 'documented'),
    percent: (progress) => Math.round(progress * 1000) / 10,
    bareLists: false,
    listLimit: 50,
    textErrors: false,
    shortHealth: false,
    pendingTimeoutS: 0,
    needsOutputUrl: true
  },
  deployed: {
    submitted: 200,
    time: Math.round,
    word: (job) => wordOf(job, 'deployed'),
    percent: (progress) => Math.round(progress * 100),
    bareLists: true,
    listLimit: maxListLimit,
    textErrors: true,
    shortHealth: true,
    pendingTimeoutS: 86_400,
    needsOutputUrl: false
  }
}

export function answersOf(style: AnswerStyle): Answers {
  return styles[style]
}
