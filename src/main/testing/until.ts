import { setTimeout as delay } from 'node:timers/promises'

/** Waits until something is so that tells by no event; throws after 10 s. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 10_000
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error(`Waited in vain until ${what}.`)
    await delay(5)
  }
}
