import type { PowerSaveBlocker } from 'electron'

/** Keeps the computer from sleeping while it is told so; the screen may go dark. Answers how to tell it. */
export function wakeLock(blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>): (keepAwake: boolean) => void {
  let id: number | undefined
  return (keepAwake) => {
    if (keepAwake === (id !== undefined)) return
    if (id !== undefined) blocker.stop(id)
    id = keepAwake ? blocker.start('prevent-app-suspension') : undefined
  }
}
