import { type JobError, MicrotomeError } from '../../shared/errors.ts'
import type { DispatchJob } from './dispatch-api.ts'

export function unknownJob(id: string): MicrotomeError {
  return new MicrotomeError({
    code: 'unknown-job',
    class: 'input',
    message: `There is no job "${id.slice(0, 80)}".`,
    hint: 'Look at the list of jobs.'
  })
}

export function unknownEngine(id: string): MicrotomeError {
  return new MicrotomeError({
    code: 'unknown-engine',
    class: 'input',
    message: `There is no engine "${id.slice(0, 80)}".`,
    hint: 'An engine registers with its first heartbeat.'
  })
}

export function wrongState(what: string, { id, state }: DispatchJob): MicrotomeError {
  return new MicrotomeError({
    code: 'wrong-state',
    class: 'input',
    message: `Can't ${what} job ${id}: it is ${state}.`,
    hint: 'Ask for the job to see where it stands.'
  })
}

export function notHeld(what: string, { id }: DispatchJob, engineId: string | undefined): MicrotomeError {
  const who =
    engineId === undefined ? 'a node of the lab runs it' : `engine "${engineId.slice(0, 80)}" does not hold it`
  return new MicrotomeError({
    code: 'wrong-state',
    class: 'input',
    message: `Can't ${what} job ${id}: ${who}.`,
    hint: 'An engine that was silent for too long loses its jobs; ask for a new one.'
  })
}

export function queueFull(most: number): MicrotomeError {
  return new MicrotomeError({
    code: 'queue-full',
    class: 'input',
    message: `${most} jobs wait or run already.`,
    hint: 'Try again when some of them have ended.'
  })
}

export function engineFailed(message: string): JobError {
  return {
    code: 'engine-failed',
    class: 'node',
    message: message.trim() === '' ? 'The engine gave no reason.' : message,
    hint: 'Look into the log of the engine.'
  }
}

export function engineLost(engineId: string): JobError {
  return {
    code: 'worker-lost',
    class: 'transport',
    message: `Engine "${engineId}" stopped answering while it held this job.`,
    hint: 'Check that the engine runs and reaches this node; the job goes on elsewhere.'
  }
}

/** Of a job that nobody took in time; callers see it as `expired`. */
export const jobExpiredCode = 'job-expired'

export function jobExpired(waitMs: number): JobError {
  return {
    code: jobExpiredCode,
    class: 'node',
    message: `Nobody took this job within ${inWords(waitMs)}.`,
    hint: 'Start a node or an engine that makes this codec, and retry the job.'
  }
}

export function engineStuck(engineId: string, tryMs: number): JobError {
  return {
    code: 'engine-stuck',
    class: 'node',
    message: `Engine "${engineId}" got no further with this job for ${inWords(tryMs)}.`,
    hint: 'Look into the log of the engine; the job goes on elsewhere.'
  }
}

function inWords(ms: number): string {
  const hours = ms / 3_600_000
  return hours >= 1 ? `${Math.round(hours * 10) / 10} h` : `${Math.round(ms / 1000)} s`
}
