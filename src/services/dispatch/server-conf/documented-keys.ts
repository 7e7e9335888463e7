import { z } from 'zod'

const wholeNumber = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error })
}
const levels = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', WARNING: 'warn', ERROR: 'error' } as const
const level = z
  .string()
  .transform((word) => word.toUpperCase())
  .pipe(z.enum(['DEBUG', 'INFO', 'WARN', 'WARNING', 'ERROR'], { error: 'one of DEBUG, INFO, WARN, ERROR' }))
  .transform((word) => levels[word])
const text = z.string().min(1, { error: 'text that is not empty' })
const flag = z.stringbool({ error: 'true or false' })

/** Every key of `server.conf` that means something here, by its name there, and what it allows. */
export const meaningfulKeys = {
  api_key: text,
  api_key_file: text,
  port: wholeNumber(0, 65_535),
  bind_address: z.string().regex(/^\[?[\w.:-]{1,253}\]?$/, { error: 'an address or a host name' }),
  log_level: level,
  max_concurrent_jobs: wholeNumber(1, 1_000_000),
  job_queue_max_size: wholeNumber(1, 10_000_000),
  engine_heartbeat_timeout: wholeNumber(1, 86_400),
  engine_timeout_seconds: wholeNumber(1, 86_400),
  auto_retry_failed_jobs: flag,
  max_job_retries: wholeNumber(0, 100)
}
export type MeaningfulKey = keyof typeof meaningfulKeys

/** Keys that stand for things which are done here in another way or not at all; accepted, so that a file can stay as it is. */
const idleKeys = new Set([
  'state_file',
  'auto_save_interval',
  'log_file',
  'log_rotation',
  'log_max_files',
  'engine_benchmark_interval',
  'thread_pool_size',
  'cleanup_interval',
  'database',
  'tdarr_url',
  'tdarr_api_key'
])

/** Names of the environment, and of deployed files, that differ from those of the documented file. */
const aliases: Record<string, string> = {
  max_jobs: 'max_concurrent_jobs',
  engine_timeout: 'engine_timeout_seconds',
  autosave_interval: 'auto_save_interval',
  database_path: 'database'
}

/** What a name is, in whatever form it comes: `DISTCONV_MAX_JOBS`, `max-jobs`, `max_concurrent_jobs`. */
export function meaningOf(name: string): { use: MeaningfulKey } | { idle: string } | { unknown: string } {
  const plain = name
    .replace(/^DISTCONV_/i, '')
    .toLowerCase()
    .replaceAll('-', '_')
  const key = aliases[plain] ?? plain
  if (isMeaningful(key)) return { use: key }
  return idleKeys.has(key) ? { idle: key } : { unknown: key }
}

const isMeaningful = (key: string): key is MeaningfulKey => Object.hasOwn(meaningfulKeys, key)
