import { vi } from 'vitest'

/** Below every test's own limit, and far above what a busy machine takes. */
const patienceMs = 30_000
const { waitFor } = vi

// A condition that an event will bring about is waited for until the test's own time is over: a slow machine is not a failure.
Object.assign(vi, {
  waitFor: ((callback, options) => waitFor(callback, options ?? { timeout: patienceMs })) satisfies typeof waitFor
})
