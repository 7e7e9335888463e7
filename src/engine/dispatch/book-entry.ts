import type { DispatchJob } from './dispatch-api.ts'
import type { DispatchRecord } from './dispatch-store.ts'

/** What the book knows of a job at one moment: as it is stored, and as callers see it. Replaced as a whole, never changed. */
export interface BookEntry {
  readonly record: DispatchRecord
  readonly job: DispatchJob
}

/** The place of a job in the book. */
export interface Slot {
  entry: BookEntry
  /** Offered to an engine and not yet committed: nobody else is offered it. */
  reserved: boolean
}
