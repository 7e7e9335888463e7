import { isAbsolute } from 'node:path'
import { acceptsKind, kinds, parseProfile } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { type SettingKey, settingsSchema } from '../../shared/settings.ts'
import { nearestName } from './nearest-name.ts'
import { allowedValues, settingKeys } from './settings-json-schema.ts'

/** Values as a file, the environment or the command line gives them: unchecked. */
export type RawSettings = Record<string, unknown>

/** Words the place of a key for people: `"slots" in config.json, line 3`, `MICROTOME_SLOTS`, `--slots`. */
export type NameKey = (key: string) => string

/** Throws `unknown-setting` or `bad-setting` for the first key that is unknown or whose value is not allowed. */
export function checkSettings(values: RawSettings, nameKey: NameKey): void {
  for (const [key, value] of Object.entries(values)) checkSetting(key, value, nameKey)
}

function checkSetting(key: string, value: unknown, nameKey: NameKey): void {
  if (!isSettingKey(key)) throw unknownSetting(key, nameKey)
  const problem = problemOf(key, value)
  if (problem === undefined) return
  throw new MicrotomeError({
    code: 'bad-setting',
    class: 'input',
    message: `${nameKey(key)} is ${JSON.stringify(value)}: ${problem}.`,
    hint: `Allowed: ${allowedValues(key)}.`
  })
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsSchema.shape, key)
}

function unknownSetting(key: string, nameKey: NameKey): MicrotomeError {
  const near = nearestName(key, settingKeys)
  return new MicrotomeError({
    code: 'unknown-setting',
    class: 'input',
    message: `${nameKey(key)} is no setting.`,
    hint: near === undefined ? `Known are ${settingKeys.join(', ')}.` : `Did you mean "${near}"?`
  })
}

function problemOf(key: SettingKey, value: unknown): string | undefined {
  const parsed = settingsSchema.shape[key].safeParse(value)
  if (parsed.success) return wrongType(value, parsed.data) ?? deeperProblem(key, parsed.data)
  const issue = parsed.error.issues[0]
  const inside = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  return inside + (issue?.message ?? 'wrong value')
}

/** Coercion takes text for numbers; it would also make 0 of null and of blank text, and 1 of true. */
function wrongType(value: unknown, parsed: unknown): string | undefined {
  if (typeof value === typeof parsed && value !== null) return undefined
  return typeof value === 'string' && value.trim() !== '' ? undefined : `a ${typeof parsed} is needed`
}

function deeperProblem(key: SettingKey, value: unknown): string | undefined {
  if (key === 'destination') return isFolderPath(String(value)) ? undefined : 'not an absolute path'
  return key === 'profiles' ? profileProblem(settingsSchema.shape.profiles.parse(value)) : undefined
}

function isFolderPath(path: string): boolean {
  return isAbsolute(path) || path === '~' || path.startsWith('~/') || path.startsWith('~\\')
}

function profileProblem(chosen: ReturnType<typeof settingsSchema.shape.profiles.parse>): string | undefined {
  for (const kind of kinds) {
    const profile = chosen[kind]
    if (profile === undefined) continue
    if (!acceptsKind(profile.name, kind)) return `profile ${profile.name} takes no ${kind}`
    const problem = optionProblem(profile.name, profile.options)
    if (problem !== undefined) return problem
  }
  return undefined
}

function optionProblem(name: string, options: Record<string, unknown>): string | undefined {
  try {
    parseProfile(name, options)
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof MicrotomeError)) throw thrown
    return thrown.message.replace(/\.$/, '')
  }
}
