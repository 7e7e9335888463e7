export { joinWithCode } from './join-with-code.ts'
export type { Candidate, LabBook } from './lab-book.ts'
export { PairingDesk, type PairingSession } from './pairing-desk.ts'
export { pairingClosed } from './pairing-errors.ts'
