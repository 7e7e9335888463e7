import { afterAll } from 'vitest'
import { openLeakWatch } from './leak-watch.ts'

// Set up first, so that this hook runs after all hooks of the test file (vitest runs them in reverse).
/** Closing takes turns of the event loop, a killed process its time to die: what is gone by then was no leak. */
const graceMs = Number(process.env.LEAK_GRACE_MS ?? 3_000)
const watch = openLeakWatch(graceMs)
afterAll(() => watch.close(), 30_000)
