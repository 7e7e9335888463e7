/** Ctrl-C reaches us twice when a wrapper passes it on too; a person's second one comes later. */
const sameKeystrokeMs = 1_000

/** Programs that restart others on a change send SIGUSR2, which Windows does not know. */
const signals: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  ...(process.platform === 'win32' ? [] : (['SIGUSR2'] as const))
]

/** Aborts at the first SIGINT, SIGTERM, SIGHUP or (where there is one) SIGUSR2, so that a command can end in order; a later second one ends the process at once. */
export function onInterruption(): AbortSignal {
  const controller = new AbortController()
  let firstMs: number | undefined
  for (const signal of signals)
    process.on(signal, () => {
      firstMs ??= performance.now()
      if (performance.now() - firstMs > sameKeystrokeMs) process.exit(130)
      controller.abort(signal)
    })
  return controller.signal
}
