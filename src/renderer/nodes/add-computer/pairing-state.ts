import type { PairingEvent } from '../../../shared/contract/local.ts'
import type { JobError } from '../../../shared/errors.ts'

/** What the side that shows a code has to say. `refusal`: the last wrong try, shown beside the code that replaced it. */
export type PairingState =
  | { type: 'opening' }
  | { type: 'code'; code: string; expiresAtMs: number; refusal?: JobError }
  | { type: 'refused'; error: JobError; triesLeft: number }
  | { type: 'paired'; name: string }
  | { type: 'expired' }
  | { type: 'failed'; error: JobError }

/** The state after one event of `pairing.open`. A code that was tried is void: it is taken off the screen at once. */
export function afterPairingEvent(state: PairingState, event: PairingEvent): PairingState {
  switch (event.type) {
    case 'code': {
      const shown = { type: 'code', code: event.code, expiresAtMs: event.expiresAtMs } as const
      return state.type === 'refused' ? { ...shown, refusal: state.error } : shown
    }
    case 'refused':
      return { type: 'refused', error: event.error, triesLeft: event.triesLeft }
    case 'paired':
      return { type: 'paired', name: event.name }
    case 'expired':
      // After the last wrong try the reason matters more than the clock.
      return state.type === 'refused' ? { type: 'failed', error: state.error } : { type: 'expired' }
  }
}

/** The state once the events have ended. An end without a word means that the code is closed. */
export function afterPairingEnd(state: PairingState): PairingState {
  switch (state.type) {
    case 'opening':
    case 'code':
      return { type: 'expired' }
    case 'refused':
      return { type: 'failed', error: state.error }
    case 'paired':
    case 'expired':
    case 'failed':
      return state
  }
}
