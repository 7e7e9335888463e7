import { join } from 'node:path'
import { type SettingKey, type SettingOrigin, type Settings, settingsSchema } from '../../shared/settings.ts'
import type { RawSettings } from './check-settings.ts'
import { settingKeys } from './settings-json-schema.ts'

/** Checked values of one origin. */
export interface Layer {
  origin: SettingOrigin
  values: RawSettings
}

export interface Merged {
  settings: Settings
  origins: Record<SettingKey, SettingOrigin>
}

/** Lays checked layers over each other, the later over the earlier; what none names has the schema's default. */
export function mergeSettings(layers: readonly Layer[], homeDir: string): Merged {
  const settings = settingsSchema.parse(Object.assign({}, ...layers.map(({ values }) => values)))
  settings.destination = expandHome(settings.destination, homeDir)
  return { settings, origins: originsOf(layers) }
}

function originsOf(layers: readonly Layer[]): Record<SettingKey, SettingOrigin> {
  const defaults = Object.fromEntries(settingKeys.map((key) => [key, 'default'])) as Record<SettingKey, SettingOrigin>
  for (const { origin, values } of layers)
    for (const key of settingKeys) if (Object.hasOwn(values, key)) defaults[key] = origin
  return defaults
}

function expandHome(path: string, homeDir: string): string {
  return /^~([/\\]|$)/.test(path) ? join(homeDir, path.slice(1)) : path
}
