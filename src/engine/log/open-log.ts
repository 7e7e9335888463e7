import { type Logger, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { Settings } from '../../shared/settings.ts'
import type { Clock } from '../clock.ts'
import type { Log, LogFields } from './log.ts'
import { fullFields, redactFields, redactMessage } from './redaction.ts'
import { RotatingFile } from './rotating-file.ts'

export type LogLevel = Settings['logLevel']

/** A terminal, as far as the log needs one; `process.stderr` is one. */
export interface Terminal {
  write(text: string): unknown
  on(event: 'error', listener: () => void): unknown
  isTTY?: boolean
}

export interface LogOptions {
  /** Folder of the files, such as `<data>/logs`. */
  dir: string
  level: LogLevel
  clock: Clock
  /** Gets readable lines; leave out for none. Never stdout: that belongs to `--json`. */
  terminal?: Terminal | undefined
  maxBytes?: number
  maxFiles?: number
}

/** The engine's log; the parts get a {@link Log}. */
export interface EngineLog extends Log {
  /** The same log, every line marked with the part that wrote it. */
  part(name: string): Log
  /** Acts from the next line on. */
  setLevel(level: LogLevel): void
  /** Lines that the disk refused since it last took one. */
  lostLines(): number
  close(): void
}

/** Opens the log: JSON lines in `<dir>/microtome.log`, five files of 5 MB, and readable lines on the terminal if there is one. */
export function openLog(options: LogOptions): EngineLog {
  const { dir, clock, maxBytes = 5_000_000, maxFiles = 5 } = options
  const file = new RotatingFile({ dir, name: 'microtome', maxBytes, maxFiles, clock })
  const terminal = readable(options.terminal)
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.wallMs()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) }
    },
    {
      write(line: string) {
        file.write(line)
        terminal?.write(line)
      }
    }
  )
  return {
    ...logTo(logger, {}),
    part: (part) => logTo(logger, { part }),
    setLevel: (level) => {
      logger.level = level
    },
    lostLines: () => file.lostLines,
    close() {
      file.close()
      terminal?.close()
    }
  }
}

function logTo(logger: Logger, always: LogFields): Log {
  const all = (fields: LogFields = {}, thrown?: unknown) => ({
    ...always,
    ...fields,
    ...(thrown ? { error: thrown } : {})
  })
  const told =
    (level: 'info' | 'warn' | 'error'): Log['info'] =>
    (message, fields, thrown) => {
      const { kept, withheld } = redactFields(all(fields, thrown))
      const text = redactMessage(message)
      logger[level](kept, text)
      if (withheld || text !== message) logger.debug(fullFields(all(fields, thrown)), message)
    }
  return {
    debug: (message, fields, thrown) => logger.debug(fullFields(all(fields, thrown)), message),
    info: told('info'),
    warn: told('warn'),
    error: told('error')
  }
}

/** Turns JSON lines into readable ones. A terminal that went away (its window was closed) is left alone from then on. */
function readable(terminal: Terminal | undefined): { write(line: string): void; close(): void } | undefined {
  if (terminal === undefined) return undefined
  const pretty = prettyFactory({ colorize: terminal.isTTY === true, translateTime: 'SYS:HH:MM:ss', singleLine: true })
  let gone = false
  // Never taken off again: the error of the last write may come after the log was closed.
  terminal.on('error', () => {
    gone = true
  })
  return {
    write(line) {
      if (!gone) terminal.write(pretty(line))
    },
    close() {
      gone = true
    }
  }
}
