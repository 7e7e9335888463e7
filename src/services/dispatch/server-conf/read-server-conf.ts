import ini from 'ini'
import { MicrotomeError } from '../../../shared/errors.ts'
import { type MeaningfulKey, meaningfulKeys, meaningOf } from './documented-keys.ts'

/** What a distconv server was configured to be, in this product's terms; undefined where nobody said anything. */
export interface ServerConf {
  apiKey?: string | undefined
  /** A file whose first line is the key. */
  apiKeyFile?: string | undefined
  port?: number | undefined
  bindAddress?: string | undefined
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | undefined
  maxRunning?: number | undefined
  maxWaiting?: number | undefined
  engineTimeoutS?: number | undefined
  defaultMaxRetries?: number | undefined
  /** Names that were accepted without having a meaning here; never their values. */
  unused: string[]
}

/** Names and values of one place. The stronger place comes first; `where` words a name there for people. */
export interface ConfSource {
  values: Record<string, string | undefined>
  where: (name: string) => string
}

/** The documented file: `key = value`, sections and comments allowed; names of the environment are understood there, too. */
export function confFile(path: string, content: string): ConfSource {
  return { values: flatten(ini.parse(content)), where: (name) => `"${name}" in ${path}` }
}

/** The variables that begin with `DISTCONV_`; the one that names the file is not one of its keys. */
export function confEnvironment(env: Record<string, string | undefined>): ConfSource {
  const ours = Object.entries(env).filter(([name]) => name.startsWith('DISTCONV_') && name !== 'DISTCONV_CONFIG')
  return { values: Object.fromEntries(ours), where: (name) => name }
}

/** Puts the places together. Throws `bad-setting`, class `input`, with name, value and what is allowed. */
export function readServerConf(strongestFirst: readonly ConfSource[]): ServerConf {
  const unused = new Set<string>()
  const found: Parsed = {}
  for (const { values, where } of strongestFirst.toReversed())
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue
      const meaning = meaningOf(name)
      if ('use' in meaning) Object.assign(found, { [meaning.use]: parse(meaning.use, value, where(name)) })
      else unused.add('idle' in meaning ? meaning.idle : `${meaning.unknown} (unknown)`)
    }
  return { ...inOurTerms(found), unused: [...unused].sort() }
}

type Parsed = { [Key in MeaningfulKey]?: ReturnType<(typeof meaningfulKeys)[Key]['parse']> }

function parse(key: MeaningfulKey, value: string, name: string): unknown {
  const parsed = meaningfulKeys[key].safeParse(value.trim())
  if (parsed.success) return parsed.data
  throw new MicrotomeError({
    code: 'bad-setting',
    class: 'input',
    message: `${name} is ${key === 'api_key' ? 'no key' : JSON.stringify(value)}.`,
    hint: `Allowed: ${parsed.error.issues[0]?.message}.`
  })
}

function inOurTerms(found: Parsed): Omit<ServerConf, 'unused'> {
  return {
    apiKey: found.api_key,
    apiKeyFile: found.api_key_file,
    port: found.port,
    bindAddress: found.bind_address,
    logLevel: found.log_level,
    maxRunning: found.max_concurrent_jobs,
    maxWaiting: found.job_queue_max_size,
    engineTimeoutS: found.engine_heartbeat_timeout ?? found.engine_timeout_seconds,
    defaultMaxRetries: found.auto_retry_failed_jobs === false ? 0 : found.max_job_retries
  }
}

/** Sections are for people: all keys mean the same in each. */
function flatten(parsed: Record<string, unknown>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      Object.assign(flat, flatten(value as Record<string, unknown>))
    else flat[name] = String(value)
  }
  return flat
}
