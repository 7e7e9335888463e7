import type * as Electron from 'electron'

/** Electron's main process as a whole; for those who put the parts together. */
export type ElectronModule = typeof Electron

/**
 * The one event that a part listens to. Electron declares `on` as dozens of overloads that return the whole object; a part that
 * asks for this much takes the real object as well as a test's fake.
 */
export interface Listens<Event extends string, Args extends readonly unknown[] = []> {
  on(event: Event, listener: (...args: Args) => void): unknown
}
