/** What a bench that is interrupted, or that fails, must still undo: an exit leaves no time for anything polite. */
const pending = new Set<() => void>()

process.once('exit', () => {
  // What was begun last goes first: a process before the folder that it writes to.
  for (const undo of [...pending].reverse()) undo()
})

/** Undoes something when the measure ends; `atOnce` does it without waiting where the whole bench ends before. */
export function atEnd(undo: AsyncDisposableStack, atOnce: () => void, politely: () => unknown = atOnce): void {
  pending.add(atOnce)
  undo.defer(async () => {
    await politely()
    pending.delete(atOnce)
  })
}
