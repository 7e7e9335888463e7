import type { JobError } from '../../shared/errors.ts'
import type { EngineDoor } from './engine-door.ts'

/**
 *               ready            crash                 timer
 *   starting ----------> running -----> waiting ----------------> starting
 *      | crash                             ^
 *      +-----------------------------------+  5 crashes within 60 s, or nothing to start: given-up --retry--> starting
 *
 *   any --end()--> ending --gone--> ended
 */
export type EngineState =
  | { kind: 'starting' }
  /** `isOurs`: we started it, so our end is its end. */
  | { kind: 'running'; door: EngineDoor; isOurs: boolean }
  | { kind: 'waiting'; delayMs: number }
  | { kind: 'given-up'; error: JobError }
  /** `now`: what runs is given back; else it is finished first. */
  | { kind: 'ending'; now: boolean }
  | { kind: 'ended' }
