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

/** What a line may carry besides its message. `path` is left out above debug; a second line at debug carries it. */
export type LogFields = CodeFields & NumberFields & { path?: string | undefined }

/**
 * What the engine's parts log to. `message` is a constant sentence in lower case; whatever varies is a field. Of `thrown`, lines
 * above debug tell code and class only, because messages of errors name files. Never throws, also where the disk is full.
 */
export interface Log {
  debug(message: string, fields?: LogFields, thrown?: unknown): void
  info(message: string, fields?: LogFields, thrown?: unknown): void
  warn(message: string, fields?: LogFields, thrown?: unknown): void
  error(message: string, fields?: LogFields, thrown?: unknown): void
}
