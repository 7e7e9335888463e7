import { MicrotomeError } from '../../shared/errors.ts'

/** The code was wrong, or somebody sat between the two computers; the two can't be told apart. */
export function wrongCode(): MicrotomeError {
  return new MicrotomeError({
    code: 'wrong-code',
    class: 'input',
    message: 'That is not the code that the other computer shows.',
    hint: 'Type the six digits that it shows now; every code is good for one try.'
  })
}

/** No code is shown, or it has been used. */
export function pairingClosed(): MicrotomeError {
  return new MicrotomeError({
    code: 'pairing-closed',
    class: 'input',
    message: 'The other computer shows no code.',
    hint: 'Open “Add this computer” on it, or run: microtome pair --open'
  })
}

/** The connection went between the proof and the exchange of rosters. */
export function pairingInterrupted(): MicrotomeError {
  return new MicrotomeError({
    code: 'pairing-interrupted',
    class: 'transport',
    message: 'The other computer went away before pairing was finished.',
    hint: 'Type the new code.'
  })
}

/** Too many wrong codes; the pause grows each time. */
export function pairingPaused(remainingMs: number): MicrotomeError {
  return new MicrotomeError({
    code: 'pairing-paused',
    class: 'input',
    message: `Pairing rests for ${Math.ceil(remainingMs / 1000)} s after too many wrong codes.`,
    hint: 'Wait, then show a new code. If nobody here typed wrong codes, somebody else on the network did.'
  })
}
