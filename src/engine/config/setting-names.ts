import { MicrotomeError } from '../../shared/errors.ts'
import type { SettingKey } from '../../shared/settings.ts'
import type { RawSettings } from './check-settings.ts'
import { nearestName } from './nearest-name.ts'
import { allowedValues, settingKeys, structuredKeys } from './settings-json-schema.ts'

/** Flags of `microtome serve` that set a key. */
export const settingFlags: Partial<Record<SettingKey, string>> = {
  name: '--name',
  host: '--host',
  port: '--port',
  uiPort: '--ui-port',
  interface: '--interface',
  peers: '--peer',
  slots: '--slots',
  localWork: '--no-local-work'
}

const prefix = 'MICROTOME_'

/** `keepFinishedDays` -> `MICROTOME_KEEP_FINISHED_DAYS`. */
export function environmentName(key: SettingKey): string {
  return prefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

const keyByVariable = new Map(settingKeys.map((key) => [environmentName(key), key]))

/**
 * The settings among the environment variables; blank ones count as unset. Other `MICROTOME_*` names belong to other tools,
 * but one that is a single letter away from a setting is refused with `unknown-setting`.
 */
export function settingsFromEnvironment(environment: Record<string, string | undefined>): RawSettings {
  const values: RawSettings = {}
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || text === undefined || text.trim() === '') continue
    const key = keyByVariable.get(variable)
    if (key === undefined) refuseSlip(variable)
    else values[key] = structuredKeys.includes(key) ? parseJson(key, text) : text
  }
  return values
}

function refuseSlip(variable: string): void {
  const near = nearestName(variable, [...keyByVariable.keys()], 1)
  if (near === undefined) return
  throw new MicrotomeError({
    code: 'unknown-setting',
    class: 'input',
    message: `The environment variable ${variable} is no setting.`,
    hint: `Did you mean ${near}?`
  })
}

function parseJson(key: SettingKey, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MicrotomeError(
      {
        code: 'bad-setting',
        class: 'input',
        message: `${environmentName(key)} is ${JSON.stringify(text)}: not JSON.`,
        hint: `Allowed: ${allowedValues(key)}.`
      },
      { cause }
    )
  }
}
