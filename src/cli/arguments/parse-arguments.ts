import { resolve } from 'node:path'
import { defaultDataDir, type UserPlaces } from '../../shared/data-dir.ts'
import type { Invocation, PairInvocation } from './invocation.ts'
import { readConversion, readPriority } from './read-conversion.ts'
import { readDispatch } from './read-dispatch.ts'
import { readKeys } from './read-keys.ts'
import { Words } from './read-options.ts'
import { readServe } from './read-serve.ts'
import { isCommand, usages } from './usage.ts'
import { UsageError } from './usage-error.ts'

/** Where the command was typed. */
export interface Surroundings extends UserPlaces {
  cwd: string
}

/** Understands a command line without its program's name. Throws {@link UsageError}. */
export function parseArguments(args: readonly string[], { cwd, ...places }: Surroundings): Invocation {
  const [command, ...rest] = args
  if (command === undefined) throw new UsageError('microtome needs a command.')
  if (!isCommand(command)) throw new UsageError(`There is no command "${command}".`)
  const words = new Words(command, rest)
  const dataDir = resolve(cwd, words.text('data') ?? defaultDataDir(places))
  return read(words, { dataDir, json: words.flag('json') }, { cwd, ...places })
}

function read(words: Words, shared: { dataDir: string; json: boolean }, { cwd, env }: Surroundings): Invocation {
  const { command } = words
  switch (command) {
    case 'serve':
      return readServe(words, shared, cwd)
    case 'dispatch':
      return readDispatch(words, shared, cwd, env)
    case 'convert':
      return { command, ...readConversion(words, shared, cwd) }
    case 'submit':
      return { command, ...readConversion(words, shared, cwd), priority: readPriority(words) }
    case 'cancel':
    case 'retry':
    case 'hold':
    case 'release':
      if (words.rest.length === 0) words.refuse(`${command} needs at least one JOB.`)
      return { command, ...shared, jobs: words.rest }
    case 'remove':
      return { command, ...shared, node: only(words, 'NODE') }
    case 'pair':
      return { command, ...shared, target: readPairTarget(words) }
    case 'keys':
      return { command, ...shared, ...readKeys(words) }
    case 'backup':
      return { command, ...shared, file: resolve(cwd, only(words, 'FILE')) }
    case 'pause':
      return { command, ...nothingElse(words, shared), now: words.flag('now') }
    case 'doctor':
      return { command, ...nothingElse(words, shared), desktop: words.flag('desktop') }
    case 'jobs':
    case 'nodes':
    case 'status':
    case 'resume':
      return { command, ...nothingElse(words, shared) }
  }
}

function nothingElse<T>(words: Words, shared: T): T {
  if (words.rest.length > 0) words.refuse(`${words.command} takes no "${words.rest[0]}".`)
  return shared
}

function only(words: Words, what: string): string {
  const [first, second] = words.rest
  if (first === undefined || second !== undefined) words.refuse(`${words.command} takes exactly one ${what}.`)
  return first
}

function readPairTarget(words: Words): PairInvocation['target'] {
  if (words.flag('open')) return nothingElse(words, 'open')
  const [address, code, more] = words.rest
  if (address === undefined || code === undefined || more !== undefined)
    words.refuse('pair takes --open, or HOST:PORT and the CODE that the other computer shows.')
  if (!/^.+:\d{1,5}$/.test(address)) words.refuse(`"${address}" is not of the form HOST:PORT.`)
  const digits = code.replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(digits)) words.refuse(`The code has six digits, "${code}" is something else.`)
  return { address, code: digits }
}

/** The usage line that belongs to a mistake, or undefined where no command was recognised. */
export function usageOf(error: UsageError): string | undefined {
  return error.command !== undefined && isCommand(error.command) ? usages[error.command] : undefined
}
