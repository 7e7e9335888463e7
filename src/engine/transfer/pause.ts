import type { Clock } from '../clock.ts'

/** Resolves after `ms`, or at once when one of the signals is aborted. */
export function pause(clock: Clock, ms: number, ...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const signal = AbortSignal.any(signals)
    if (signal.aborted) return resolve()
    const end = () => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
