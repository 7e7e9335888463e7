import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

/** What was begun and must not stay, however the bench ends. */
const begun = new Set<() => Promise<void>>()

/** Undoes something when its measure ends, or when {@link undoAll} is called before. `work` may be called twice. */
export function atEnd(undo: AsyncDisposableStack, work: () => Promise<void>): void {
  begun.add(work)
  undo.defer(async () => {
    await work()
    begun.delete(work)
  })
}

/** Undoes all that is there, the newest first: a process before the folder that it writes to. For an end in the middle. */
export async function undoAll(): Promise<void> {
  // A measure that is still running may begin something while this waits.
  while (begun.size > 0)
    for (const work of [...begun].reverse()) {
      await work()
      begun.delete(work)
    }
}

const politeMs = 5_000

/** Ends a process, with force where it takes long, and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), politeMs)
  await exited
  clearTimeout(timer)
}

/**
 * Runs a bench to its end, or until somebody stops it, leaves nothing of it, and ends the process: with 1 where it failed, which
 * `say` is told.
 */
export async function runToEnd(main: () => Promise<void>, say: (line: string) => void): Promise<never> {
  const stopped = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal]
      stopped.resolve()
    })
  await Promise.race([main(), stopped.promise]).catch((error: Error) => {
    process.exitCode = 1
    say(error.message)
  })
  await undoAll()
  process.exit()
}
