export type { Log, LogFields } from './log.ts'
export { type EngineLog, type LogLevel, type LogOptions, openLog, type Terminal } from './open-log.ts'
