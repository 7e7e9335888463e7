import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What the desktop was started with. */
export interface DesktopArguments {
  /** Only the tray; the window waits until it is asked for. */
  hidden: boolean
  doctor: boolean
  /** Absolute; undefined where the user's default is meant. */
  dataDir: string | undefined
  /** Handed to `microtome serve`. */
  serve: string[]
  /** Absolute paths of files and folders to open in the sheet. */
  paths: string[]
}

const forServe = ['name', 'host', 'port', 'ui-port', 'interface', 'peer', 'slots', 'config'] as const

const options = {
  hidden: { type: 'boolean' },
  doctor: { type: 'boolean' },
  data: { type: 'string' },
  'no-local-work': { type: 'boolean' },
  ...Object.fromEntries(forServe.map((name) => [name, { type: 'string', multiple: true } as const]))
} as const

/**
 * Reads the command line without its program. Chromium's own switches are among it and mean nothing here, so what is unknown
 * is passed over. Outside an installed app the first word is the folder that Electron was started with.
 */
export function readArguments(words: readonly string[], at: { cwd: string; isPackaged: boolean }): DesktopArguments {
  const parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: false })
  const values: Record<string, unknown> = parsed.values
  const { data, config } = values
  const serve = forServe
    .filter((name) => name !== 'config')
    .flatMap((name) => textsOf(values[name]).map((value) => `--${name}=${value}`))
  return {
    hidden: values.hidden === true,
    doctor: values.doctor === true,
    dataDir: typeof data === 'string' ? resolve(at.cwd, data) : undefined,
    serve: [
      ...serve,
      ...textsOf(config).map((file) => `--config=${resolve(at.cwd, file)}`),
      ...(values['no-local-work'] === true ? ['--no-local-work'] : [])
    ],
    paths: parsed.positionals.slice(at.isPackaged ? 0 : 1).map((path) => resolve(at.cwd, path))
  }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
