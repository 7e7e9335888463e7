import type { codeFields } from './redaction.ts'

/** Ids and codes, never people's words. */
type CodeFields = Partial<Record<(typeof codeFields)[number], string | undefined>>
/** Numbers carry their unit in the name. */
type NumberFields = {
  [name: `${string}Ms` | `${string}Bytes` | `${string}Count` | `${string}Px`]: number | undefined
  epoch?: number | undefined
  pid?: number | undefined
  port?: number | undefined
  exitCode?: number | undefined
  attempt?: number | undefined
}

/**
 * What a line may carry besides its message. `path` and the message of `error` may name a patient: above debug they are left out,
 * and a second line at debug carries them.
 */
export type LogFields = CodeFields & NumberFields & { path?: string | undefined; error?: unknown }

/**
 * What the engine's parts log to. `message` is a constant sentence in lower case; whatever varies is a field.
 * Never throws, also where the disk is full.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
