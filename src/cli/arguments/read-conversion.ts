import { resolve } from 'node:path'
import { onExists, priorities, priority } from '../../shared/domain/jobs.ts'
import { namePattern, namePatternFault } from '../../shared/domain/name-pattern.ts'
import { type Profile, parseProfile } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Conversion, SubmitInvocation } from './invocation.ts'
import type { Words } from './read-options.ts'

type Shared = Pick<Conversion, 'dataDir' | 'json'>

/** FILE... --to PROFILE --out DIR [--name PATTERN] [--set key=value]...: checked here, so that a slip never costs a start. */
export function readConversion(words: Words, shared: Shared, cwd: string): Conversion {
  if (words.rest.length === 0) words.refuse(`${words.command} needs at least one FILE.`)
  const { exists = 'rename', ...options } = readSettings(words)
  const choice = onExists.safeParse(exists)
  if (!choice.success) words.refuse(`--set exists=${exists} is none of ${onExists.options.join(', ')}.`)
  return {
    ...shared,
    files: words.rest.map((file) => resolve(cwd, file)),
    profile: readProfile(words, options),
    onExists: choice.data,
    namePattern: readNamePattern(words),
    out: resolve(cwd, words.required('out'))
  }
}

function readNamePattern(words: Words): string | undefined {
  const given = words.text('name')
  if (given === undefined) return undefined
  const parsed = namePattern.safeParse(given)
  if (parsed.success) return parsed.data
  return words.refuse(`--name ${given} ${namePatternFault(given) ?? 'has no or too many letters'}.`)
}

export function readPriority(words: Words): SubmitInvocation['priority'] {
  const given = priority.safeParse(words.text('priority') ?? 'normal')
  if (!given.success) words.refuse(`--priority ${words.text('priority')} is none of ${priorities.join(', ')}.`)
  return given.data
}

function readSettings(words: Words): Record<string, string> {
  const pairs = (words.texts('set') ?? []).map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) words.refuse(`--set ${pair} is not of the form key=value.`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  return Object.fromEntries(pairs)
}

function readProfile(words: Words, options: Record<string, string>): Profile {
  try {
    return parseProfile(words.required('to'), options)
  } catch (thrown) {
    if (!(thrown instanceof MicrotomeError)) throw thrown
    return words.refuse([thrown.message, thrown.hint].join(' '))
  }
}
