/** Ctrl-C reaches us twice when a wrapper passes it on too; a person's second one comes later. */
const sameKeystrokeMs = 1_000

/** Aborts at the first SIGINT, SIGTERM or SIGHUP, so that a command can end in order; a later second one ends the process at once. */
export function onInterruption(): AbortSignal {
  const controller = new AbortController()
  let firstMs: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      firstMs ??= performance.now()
      if (performance.now() - firstMs > sameKeystrokeMs) process.exit(130)
      controller.abort(signal)
    })
  return controller.signal
}
