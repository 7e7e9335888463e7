import type { Job } from '../../shared/domain/jobs.ts'

/** Shows how the jobs of one call go. */
export interface Reporter {
  /** Called with every job once, then with each that changed, at most 4 times a second. */
  update(jobs: readonly Job[]): void
  /** Called once, when no more updates come. */
  end(): void
}

export const hasEnded = ({ state }: Job) => state === 'completed' || state === 'failed' || state === 'cancelled'
