import type { Converted, FromChild, Probed, ToChild } from '../../shared/converter-protocol.ts'
import type { TaskProgress } from '../../shared/domain/jobs.ts'
import type { JobError } from '../../shared/errors.ts'

type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never

/** What a converter child is asked to do. */
export type ChildRequest = WithoutId<Exclude<ToChild, { type: 'cancel' }>>

/** How a request ended. `killed`: the child was ended by a signal that wasn't ours, such as the out-of-memory killer's. */
export type ChildAnswer =
  | { type: 'converted'; result: Converted; rssBytes?: number | undefined }
  | { type: 'probed'; result: Probed }
  | { type: 'sampled' }
  | { type: 'failed'; error: JobError }
  | { type: 'killed'; signal: NodeJS.Signals }
  | { type: 'cancelled' }

/** What the asker wants to hear meanwhile; both are called in order, from the start to the answer, and must not throw. */
export interface ChildWatch {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: TaskProgress) => void) | undefined
  onLog?: ((level: (FromChild & { type: 'log' })['level'], message: string) => void) | undefined
  /** Ends the request as failed with `too-slow` after so long. */
  timeoutMs?: number | undefined
}
