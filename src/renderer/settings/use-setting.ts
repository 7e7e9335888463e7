import type { JobError } from '../../shared/errors.ts'
import type { SettingKey, SettingOrigin, Settings } from '../../shared/settings.ts'
import { lockReason, saveSetting, useSettings } from '../state/settings-store.ts'

/** One setting as its field needs it. */
export interface Setting<V> {
  value: V
  /** What a switch shows: the value that is being written, or the one in force. */
  shown: V
  origin: SettingOrigin | undefined
  /** Why it can't be changed here. */
  locked: string | undefined
  problem: JobError | undefined
  save: (value: V | null) => Promise<boolean>
}

/** One setting with its value in force. Only to be used where the settings have been read. */
export function useSetting<K extends SettingKey>(key: K): Setting<Settings[K]> {
  const values = useSettings((settings) => settings.values)
  const pending = useSettings((settings) => settings.pending[key])
  const origin = useSettings((settings) => settings.origins[key])
  const problem = useSettings((settings) => settings.problems[key])
  if (values === undefined) throw new Error(`Setting "${key}" was shown before the settings were read.`)
  return {
    value: values[key],
    shown: pending ?? values[key],
    origin,
    locked: lockReason(key, origin),
    problem,
    save: (value) => saveSetting(key, value)
  }
}
