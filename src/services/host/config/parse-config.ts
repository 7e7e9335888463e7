import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { z } from 'zod'
import { MicrotomeError } from '../../../shared/errors.ts'
import { crossCheck } from './cross-check.ts'
import { type ServersConfig, serversConfigSchema } from './schema.ts'
import { isSecretName } from './secret-names.ts'

/** Where in the configuration something stands. */
export type KeyPath = readonly PropertyKey[]

/** Reads the text of a `servers.config.json`. Throws `bad-services` with the key, the value and what is allowed. */
export function parseServersText(text: string): ServersConfig {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw wrong(`The configuration of the services is not JSON: ${syntaxFault(text)}.`, 'Mend that place.')
  }
  return parseServersConfig(value)
}

/** As {@link parseServersText}, of a value. */
export function parseServersConfig(value: unknown): ServersConfig {
  const parsed = serversConfigSchema.safeParse(value)
  if (!parsed.success) throw explained(parsed.error, value)
  const clash = crossCheck(parsed.data)
  if (clash) throw wrongKey(clash.path, value, clash.allowed)
  return parsed.data
}

/** `value expected at line 1, column 14`. JSON.parse's own words quote the text, which may hold anything. */
function syntaxFault(text: string): string {
  const errors: ParseError[] = []
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  const [first] = errors
  if (!first) return 'it is nothing that JSON allows'
  const before = text.slice(0, first.offset).split('\n')
  const words = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
  return `${words.toLowerCase()} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

function explained(error: z.core.$ZodError, value: unknown): MicrotomeError {
  const issue = innermost(error.issues[0])
  if (!issue) return wrong('The configuration of the services is wrong.', 'Compare it with docs/servers-config.md.')
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0] ?? '']
    return wrong(`${shown(path)} is ${quoted(at(value, path))}: there is no such key.`, knownKeys(issue.path))
  }
  return wrongKey(issue.path, value, issue.code === 'invalid_type' ? typeWords(issue) : issue.message)
}

/** Of a choice of forms, the complaint about the one that was meant: an object among flags. */
function innermost(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const deeper = issue.errors.flat().find(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')
  return deeper ? innermost({ ...deeper, path: [...issue.path, ...deeper.path] }) : issue
}

const typeNames: Record<string, string> = { object: 'an object', array: 'a list', record: 'an object', string: 'text' }

function typeWords({ message, expected }: z.core.$ZodIssueInvalidType): string {
  return message.startsWith('Invalid input') ? (typeNames[expected] ?? `a ${expected}`) : message
}

function wrongKey(path: KeyPath, value: unknown, allowed: string): MicrotomeError {
  const found = at(value, path)
  const fault = found === undefined ? 'is missing' : `is ${shownValue(path, found)}, which is not allowed`
  return wrong(`${shown(path)} ${fault}.`, `Allowed: ${allowed}.`)
}

function wrong(message: string, hint: string): MicrotomeError {
  return new MicrotomeError({ code: 'bad-services', class: 'input', message, hint })
}

/** What stands where a secret belongs may be one. */
function shownValue(path: KeyPath, value: unknown): string {
  const key = String(path.at(-1))
  return isSecretName(key) || secretKeys.has(key) ? '(not shown)' : quoted(value)
}

const secretKeys = new Set(['connection', 'key', 'certificate'])

/** `servers[0].paths.html`. */
function shown(path: KeyPath): string {
  const words = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return words === '' ? 'The configuration' : words.replace(/^\./, '')
}

const at = (value: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner ? Reflect.get(inner, key) : undefined),
    value
  )

const maxShownLength = 80

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length <= maxShownLength ? text : `${text.slice(0, maxShownLength)}…`
}

/** Keys that the schema has where a wrong one stands. */
function knownKeys(path: KeyPath): string {
  const keys = keysOf(path.reduce<unknown>(inside, serversConfigSchema))
  return keys.length === 0 ? 'Take it out.' : `Allowed: ${keys.join(', ')}.`
}

function inside(schema: unknown, key: PropertyKey): unknown {
  const { shape, element } = unwrapped(schema)
  return typeof key === 'number' ? element : shape?.[String(key)]
}

const keysOf = (schema: unknown): string[] => Object.keys(unwrapped(schema).shape ?? {})

interface Opened {
  shape?: Record<string, unknown>
  element?: unknown
}

/** Past `optional`, `default` and choices, to the object or list that a schema is about. */
function unwrapped(schema: unknown): Opened {
  const def = Reflect.get(Object(schema), 'def') as
    | { type?: string; innerType?: unknown; options?: unknown[]; shape?: Record<string, unknown>; element?: unknown }
    | undefined
  if (!def) return {}
  if (def.innerType !== undefined) return unwrapped(def.innerType)
  if (def.options) return def.options.map(unwrapped).find(({ shape }) => shape !== undefined) ?? {}
  return { ...(def.shape && { shape: def.shape }), element: def.element }
}
