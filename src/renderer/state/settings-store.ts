import { create } from 'zustand'
import type { JobError } from '../../shared/errors.ts'
import type { SettingKey, SettingOrigin, Settings } from '../../shared/settings.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'

/** The settings in force, and what became of each change made here. */
export interface SettingsState {
  values: Settings | undefined
  /** Values that are being written: a switch shows them at once. */
  pending: Partial<Settings>
  origins: Partial<Record<string, SettingOrigin>>
  file: string
  /** Why the last change of a key was refused; gone with its next success. */
  problems: Partial<Record<SettingKey, JobError>>
  /** How often a key was saved here: each time is confirmed anew. */
  saves: Partial<Record<SettingKey, number>>
  /** Keys whose change waits for the next start. */
  waiting: readonly string[]
  loadProblem: JobError | undefined
}

export const useSettings = create<SettingsState>()(() => ({
  values: undefined,
  pending: {},
  origins: {},
  file: '',
  problems: {},
  saves: {},
  waiting: [],
  loadProblem: undefined
}))

let reads = 0

/** What is in force; nothing where a later read has begun meanwhile, which may know of a change that this one doesn't. */
async function readSettings() {
  const read = ++reads
  const found = await api.settings.get()
  return read === reads ? found : undefined
}

/** Reads all settings anew; somebody may have edited the file. */
export async function loadSettings(): Promise<void> {
  try {
    useSettings.setState({ ...(await readSettings()), loadProblem: undefined })
  } catch (error) {
    useSettings.setState({ loadProblem: toProblem(error) })
  }
}

/** Writes one key at once; `null` takes it out of the file, so that its default counts. Answers whether it was accepted. */
export async function saveSetting<K extends SettingKey>(key: K, value: Settings[K] | null): Promise<boolean> {
  if (value !== null) useSettings.setState(({ pending }) => ({ pending: { ...pending, [key]: value } }))
  try {
    const { restart } = await api.settings.set({ values: { [key]: value } })
    const fresh = await readSettings()
    useSettings.setState(({ problems, saves }) => ({
      ...fresh,
      waiting: restart,
      problems: { ...problems, [key]: undefined },
      saves: { ...saves, [key]: (saves[key] ?? 0) + 1 }
    }))
    return true
  } catch (error) {
    useSettings.setState(({ problems }) => ({ problems: { ...problems, [key]: toProblem(error) } }))
    return false
  } finally {
    useSettings.setState(({ pending: { [key]: _, ...pending } }) => ({ pending }))
  }
}

/** The value in force and why it can't be changed here; undefined where it can. */
export function lockReason(key: SettingKey, origin: SettingOrigin | undefined): string | undefined {
  switch (origin) {
    case 'environment':
      return `Set by the environment variable ${environmentName(key)}, so it can't be changed here.`
    case 'command-line':
      return "Set on the command line for this start, so it can't be changed here."
    case 'default':
    case 'file':
    case undefined:
      return undefined
  }
}

function environmentName(key: string): string {
  return `MICROTOME_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}
