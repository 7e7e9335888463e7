import type { Log } from '../../log/index.ts'

/** A log that nobody reads. */
export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
