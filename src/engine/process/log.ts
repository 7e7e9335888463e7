/** What this part needs of a log: a sentence and plain fields. Names and paths of files at `debug` only. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
}
/** Ids, numbers and codes. */
export type LogFields = Record<string, string | number | boolean | undefined>
