import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import { isReference, isSecretName } from './secret-names.ts'

export interface ReferencePlaces {
  env: Record<string, string | undefined>
  /** Folder that `file:` paths are relative to. */
  dir: string
}

/** A copy with every `env:NAME` and `file:PATH` replaced by what they stand for. Throws `no-secret` where there is nothing. */
export async function resolveReferences<T>(value: T, places: ReferencePlaces): Promise<T>
export async function resolveReferences(value: unknown, places: ReferencePlaces): Promise<unknown> {
  if (isReference(value)) return referred(value, places)
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveReferences(item, places)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    async ([key, inner]) => [key, await resolveReferences(inner, places)] as const
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function referred(reference: string, { env, dir }: ReferencePlaces): Promise<string> {
  const name = reference.slice(reference.indexOf(':') + 1)
  if (reference.startsWith('env:')) return env[name] ?? missing(reference, 'The environment has no such variable.')
  try {
    return (await readFile(resolve(dir, name), 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    return missing(reference, 'There is no such file, or this user may not read it.', cause)
  }
}

function missing(reference: string, hint: string, cause?: unknown): never {
  throw new MicrotomeError(
    { code: 'no-secret', class: 'input', message: `${reference} stands for nothing.`, hint },
    { cause }
  )
}

const mask = '***'

/** A copy for people to look at: secrets and what refers to them are masked. */
export function masked(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, name)]))
  return isReference(value) || (value !== undefined && value !== null && isSecretName(key)) ? mask : value
}
