import { isDeepStrictEqual } from 'node:util'
import { type JobError, MicrotomeError } from '../../shared/errors.ts'
import { restartKeys, type SettingKey, type SettingOrigin, type Settings } from '../../shared/settings.ts'
import type { Clock } from '../clock.ts'
import { checkSettings, isSettingKey, type RawSettings } from './check-settings.ts'
import { ConfigFile } from './config-file.ts'
import { type MachineFacts, machineDefaults } from './machine-defaults.ts'
import { type Layer, type Merged, mergeSettings } from './merge-settings.ts'
import { errnoOf } from './replace-file.ts'
import { environmentName, settingFlags, settingsFromEnvironment } from './setting-names.ts'
import { settingKeys } from './settings-json-schema.ts'
import { watchFile } from './watch-file.ts'

export interface ConfigOptions {
  dataDir: string
  /** `--config FILE`; else `config.json` of the data folder, which may be absent. */
  file?: string | undefined
  environment: Record<string, string | undefined>
  /** Values of flags by key; `undefined` means not given. */
  commandLine: RawSettings
  machine: MachineFacts
  clock: Clock
  log: ConfigLog
}

/** Where the configuration says what it survived. */
export interface ConfigLog {
  warn(message: string, fields?: { code: string }): void
}

/** `changed` may be empty: then only the file's error came, went or changed. */
export interface ConfigChange {
  settings: Settings
  changed: SettingKey[]
  error: JobError | undefined
}

export interface Config {
  /** Absolute path of the file that people edit. */
  readonly file: string
  current(): Settings
  origins(): Record<SettingKey, SettingOrigin>
  /** Set while the file is wrong and the last good one is in force. */
  error(): JobError | undefined
  /** Keys that differ from those at the start and act at the next one. */
  pendingRestart(): SettingKey[]
  /** Writes keys into the file; `null` takes a key out. Throws a {@link MicrotomeError} and writes nothing if the file would be wrong. */
  set(values: RawSettings): Promise<{ values: Settings; restart: SettingKey[] }>
  /** Called once after each change, in order of registration; must not throw. Answers how to stop listening. */
  onChange(listener: (change: ConfigChange) => void): () => void
  /** Stops watching and waits for a write that is under way. */
  close(): Promise<void>
}

/**
 * Reads the settings in force: defaults < file < environment < command line. A wrong file is survived; a wrong variable or flag
 * throws `bad-setting` or `unknown-setting`, because nobody can mend those while the node runs.
 */
export async function openConfig(options: ConfigOptions): Promise<Config> {
  const layers = fixedLayers(options)
  const file = new ConfigFile({ dataDir: options.dataDir, file: options.file, clock: options.clock })
  const config = new WatchedConfig(options, file, layers)
  await config.start()
  return config
}

function fixedLayers({ environment, commandLine, machine }: ConfigOptions): Record<'defaults' | 'above', Layer[]> {
  const variables = settingsFromEnvironment(environment)
  checkSettings(variables, (key) => (isSettingKey(key) ? environmentName(key) : key))
  const flags = Object.fromEntries(Object.entries(commandLine).filter(([, value]) => value !== undefined))
  checkSettings(flags, (key) => (isSettingKey(key) && settingFlags[key]) || key)
  return {
    defaults: [{ origin: 'default', values: machineDefaults(machine) }],
    above: [
      { origin: 'environment', values: variables },
      { origin: 'command-line', values: flags }
    ]
  }
}

class WatchedConfig implements Config {
  readonly file: string
  readonly #options: ConfigOptions
  readonly #file: ConfigFile
  readonly #layers: Record<'defaults' | 'above', Layer[]>
  readonly #listeners = new Set<(change: ConfigChange) => void>()
  #fileValues: RawSettings = {}
  #merged: Merged
  #atStart: Settings
  #error: JobError | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #watch: { close(): void } | undefined

  constructor(options: ConfigOptions, file: ConfigFile, layers: Record<'defaults' | 'above', Layer[]>) {
    this.file = file.path
    this.#options = options
    this.#file = file
    this.#layers = layers
    this.#merged = this.#merge()
    this.#atStart = this.#merged.settings
  }

  current = () => this.#merged.settings
  origins = () => this.#merged.origins
  error = () => this.#error
  pendingRestart = (): SettingKey[] =>
    restartKeys.filter((key) => !isDeepStrictEqual(this.#atStart[key], this.#merged.settings[key]))

  async start(): Promise<void> {
    this.#fileValues = (await this.#file.lastGood()) ?? {}
    await this.#reload()
    if (this.#error?.code === 'config-unreadable' && Object.keys(this.#fileValues).length === 0)
      throw new MicrotomeError(this.#error)
    this.#merged = this.#merge()
    this.#atStart = this.#merged.settings
    this.#watch = watchFile(this.file, this.#options.clock, () => void this.#enqueue(() => this.#reload()))
  }

  set(values: RawSettings) {
    return this.#enqueue(async () => {
      await this.#file.edit(values)
      await this.#reload()
      return { values: this.current(), restart: this.pendingRestart() }
    })
  }

  onChange(listener: (change: ConfigChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#watch?.close()
    this.#listeners.clear()
    await this.#queue
  }

  /** One read or write at a time, in order; a failed one does not stop the next. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.then(
      () => undefined,
      () => undefined
    )
    return result
  }

  async #reload(): Promise<void> {
    const before = { settings: this.#merged.settings, error: this.#error }
    const state = await this.#file.load()
    this.#error = state.ok ? undefined : state.error.toJSON()
    if (state.ok) await this.#accept(state.values)
    this.#merged = this.#merge()
    this.#announce(before.settings, before.error)
  }

  async #accept(values: RawSettings): Promise<void> {
    if (isDeepStrictEqual(values, this.#fileValues)) return
    this.#fileValues = values
    try {
      await this.#file.keepLastGood(values)
    } catch (thrown) {
      this.#options.log.warn('the last good configuration could not be kept', { code: errnoOf(thrown) })
    }
  }

  #announce(before: Settings, errorBefore: JobError | undefined): void {
    const settings = this.#merged.settings
    const changed = settingKeys.filter((key) => !isDeepStrictEqual(before[key], settings[key]))
    if (changed.length === 0 && isDeepStrictEqual(errorBefore, this.#error)) return
    for (const listener of this.#listeners) listener({ settings, changed, error: this.#error })
  }

  #merge(): Merged {
    const { defaults, above } = this.#layers
    const layers: Layer[] = [...defaults, { origin: 'file', values: this.#fileValues }, ...above]
    return mergeSettings(layers, this.#options.machine.homeDir)
  }
}
