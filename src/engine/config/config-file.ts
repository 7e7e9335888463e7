import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import { checkSettings, type RawSettings } from './check-settings.ts'
import { editConfigText, parseConfigText } from './config-text.ts'
import { errnoOf, replaceFile } from './replace-file.ts'

/** What a look at the file gave: its checked values, or why it is refused. */
export type FileState = { ok: true; values: RawSettings } | { ok: false; error: MicrotomeError }

/** The configuration file on disk and the copy of its last good values. */
export class ConfigFile {
  readonly path: string
  readonly #lastGoodPath: string
  readonly #mayBeAbsent: boolean
  readonly #clock: Clock

  constructor(options: { dataDir: string; file: string | undefined; clock: Clock }) {
    this.path = options.file ?? join(options.dataDir, 'config.json')
    this.#lastGoodPath = join(options.dataDir, 'config.last-good.json')
    this.#mayBeAbsent = options.file === undefined
    this.#clock = options.clock
  }

  async load(): Promise<FileState> {
    try {
      return { ok: true, values: this.#check(await this.#read()) }
    } catch (thrown) {
      if (thrown instanceof MicrotomeError) return { ok: false, error: thrown }
      throw thrown
    }
  }

  /** Sets keys, or takes them out where null. Nothing is written unless the whole file is right afterwards. */
  async edit(values: RawSettings): Promise<void> {
    const text = await this.#read()
    parseConfigText(text)
    const edited = editConfigText(text, values)
    this.#check(edited)
    try {
      await replaceFile(this.path, edited, this.#clock)
    } catch (cause) {
      throw this.#failed('config-unwritable', 'written', cause)
    }
  }

  async keepLastGood(values: RawSettings): Promise<void> {
    await replaceFile(this.#lastGoodPath, `${JSON.stringify(values, null, 2)}\n`, this.#clock)
  }

  /** Values that were in force before the file went wrong; undefined where none were kept or they are no longer allowed. */
  async lastGood(): Promise<RawSettings | undefined> {
    const text = await readFile(this.#lastGoodPath, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    try {
      return this.#check(text)
    } catch (thrown) {
      if (thrown instanceof MicrotomeError) return undefined
      throw thrown
    }
  }

  #check(text: string): RawSettings {
    const { values, lineOf } = parseConfigText(text)
    checkSettings(values, (key) => `"${key}" in ${basename(this.path)}, line ${lineOf(key) ?? 1},`)
    return values
  }

  async #read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8')
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT' && this.#mayBeAbsent) return ''
      throw this.#failed('config-unreadable', 'read', cause)
    }
  }

  #failed(code: string, done: 'read' | 'written', cause: unknown): MicrotomeError {
    return new MicrotomeError(
      {
        code,
        class: 'input',
        message: `The configuration file ${this.path} could not be ${done} (${errnoOf(cause)}).`,
        hint: 'Check that it exists, is a file, and that this user may read and write it.'
      },
      { cause }
    )
  }
}
