import { z } from 'zod'
import type { Listens } from './electron-parts.ts'

interface Preventable {
  preventDefault(): void
}

/** As much of Electron's app as tells what the user and the system want. */
export type AppEvents = Listens<'activate'> &
  Listens<'before-quit', [event: Preventable]> &
  Listens<'second-instance', [event: unknown, argv: string[], cwd: string, data: unknown]> &
  Listens<'window-all-closed'>

export interface SystemListener {
  /** Somebody wants the window. */
  show(): void
  open(paths: string[]): void
  /** True lets the program end; false: it was asked, and will end by itself. */
  quitting(): boolean
  /** The session or the machine ends, without asking. */
  leaving(): void
}

const secondStart = z.object({ paths: z.array(z.string()), hidden: z.boolean() })

/** Hears of second starts, of quitting and of the end of the session. */
export function hearSystem(
  app: AppEvents,
  powerMonitor: Listens<'shutdown'>,
  signals: Listens<'SIGTERM' | 'SIGINT' | 'SIGHUP'>,
  listener: SystemListener
): void {
  app.on('activate', () => listener.show())
  // The tray goes on without a window.
  app.on('window-all-closed', () => undefined)
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const { paths, hidden } = secondStart.safeParse(data).data ?? { paths: [], hidden: false }
    if (paths.length > 0) listener.open(paths)
    else if (!hidden) listener.show()
  })
  app.on('before-quit', (event) => {
    if (!listener.quitting()) event.preventDefault()
  })
  powerMonitor.on('shutdown', () => listener.leaving())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) signals.on(signal, () => listener.leaving())
}
