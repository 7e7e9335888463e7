import { expect } from 'vitest'

/** Waits for what no event tells; the deadline is for a machine under load, not a measure. */
export const soon = <T>(read: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(read, { interval: 20 })
