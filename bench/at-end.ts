import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

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
