import type { ServiceState } from '../../shared/domain/services.ts'
import type { JobError } from '../../shared/errors.ts'

/** A service runs, and yet nobody gets to it. */
export function withClosedDoor(state: ServiceState, error: JobError | undefined): ServiceState {
  if (!error || state.state !== 'running') return state
  return { ...state, state: state.urls.length > 0 ? 'running' : 'failed', reason: error.message, hint: error.hint }
}

/** Shown beside the services: the file is wrong and the last good one is in force. */
export function configState(error: JobError): ServiceState {
  return {
    id: 'configuration',
    name: 'servers.config.json',
    domains: [],
    state: 'failed',
    reason: error.message,
    hint: error.hint,
    urls: []
  }
}
