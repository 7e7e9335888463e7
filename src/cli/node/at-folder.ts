import { setTimeout as delay } from 'node:timers/promises'
import { MicrotomeError } from '../../shared/errors.ts'
import { type Door, openDoor } from './door.ts'

/** A node that is just starting or ending holds the folder without answering. */
const patienceMs = 15_000

/**
 * Works with the node that runs on a data folder, or with the folder itself while none does; `alone` throws `already-running` where
 * somebody holds it, and is then tried again. Throws `not-answering` where the folder stays held.
 */
export async function atFolder<T>(
  dataDir: string,
  running: (door: Door) => T | Promise<T>,
  alone: () => Promise<T>
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    const door = await openDoor(dataDir)
    if (door) return running(door)
    try {
      return await alone()
    } catch (thrown) {
      if (!isHeld(thrown)) throw thrown
      if (performance.now() > deadlineMs) throw held(dataDir, thrown)
    }
    await delay(200)
  }
}

const isHeld = (thrown: unknown) => thrown instanceof MicrotomeError && thrown.code === 'already-running'

function held(dataDir: string, cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'not-answering',
      class: 'transport',
      message: `Another process holds the data folder ${dataDir} and does not answer.`,
      hint: 'Wait for it, end it, or choose another folder with --data.'
    },
    { cause }
  )
}
