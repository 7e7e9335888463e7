import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import { parseServersConfig, parseServersText } from './parse-config.ts'
import type { ServersConfig, ServersConfigInput } from './schema.ts'

/** A configuration that is right, and the folder that its paths are relative to. */
export interface FoundConfig {
  config: ServersConfig
  dir: string
}

/** Where the host's configuration comes from. */
export interface ConfigSource {
  /** What is there now. Throws a MicrotomeError that says what is wrong with it. */
  read(): Promise<FoundConfig>
  /** What was right before, also before a restart; undefined where nothing is known. */
  lastGood(): Promise<FoundConfig | undefined>
  /** Calls `changed` after a file may have changed; answers how to stop. */
  watch(changed: () => void): { close(): void }
  /** A wrong one at the start is an error, because somebody named the file just now. */
  readonly named: boolean
}

/** A configuration that never changes, for tests and for what the product brings along. Throws as {@link parseServersConfig}. */
export function fixedSource(input: ServersConfigInput, dir: string): ConfigSource {
  const found = { config: parseServersConfig(input), dir }
  return {
    read: async () => found,
    lastGood: async () => undefined,
    watch: () => ({ close: () => {} }),
    named: true
  }
}

export interface FileSourceOptions {
  /** `--services FILE`; then no other place is looked at. */
  file?: string | undefined
  /** Looked at in this order; the first that exists counts. */
  places: readonly string[]
  /** What the product brings along; used where no file is. */
  builtin: string
  /** Where the last good one is kept. */
  lastGoodFile: string
  watchFile(path: string, changed: () => void): { close(): void }
}

/** Where hosts such as Render put secret files. */
export const secretsPlace = '/etc/secrets/servers.config.json'

/** The configuration in a file that people edit. */
export function fileSource(options: FileSourceOptions): ConfigSource {
  const places = options.file === undefined ? options.places : [options.file]
  return {
    named: options.file !== undefined,
    async read() {
      const { file, text } = await firstOf(places, options)
      const found = { config: parseServersText(text), dir: dirname(file) }
      if (file !== options.builtin) await keep(options.lastGoodFile, { file, text })
      return found
    },
    lastGood: () => kept(options.lastGoodFile, places),
    watch(changed) {
      const watches = places.map((place) => options.watchFile(place, changed))
      return {
        close() {
          for (const watch of watches) watch.close()
        }
      }
    }
  }
}

/** The folder's file that belongs to a node. */
export const ownPlace = (dataDir: string): string => join(dataDir, 'servers.config.json')

async function firstOf(places: readonly string[], { file, builtin }: FileSourceOptions) {
  for (const place of places) {
    const text = await readOrAbsent(place)
    if (text !== undefined) return { file: place, text }
  }
  if (file !== undefined) throw unreadable(file, undefined)
  // Without the product's own file each service is still known by its name.
  return { file: builtin, text: (await readOrAbsent(builtin)) ?? '{"servers":[]}' }
}

async function readOrAbsent(place: string): Promise<string | undefined> {
  try {
    return await readFile(place, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(place, cause)
  }
}

function unreadable(file: string, cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'services-unreadable',
      class: 'input',
      message: `The configuration of the services ${file} can't be read.`,
      hint: 'Check that it exists, is a file, and that this user may read it.'
    },
    { cause }
  )
}

interface Kept {
  file: string
  text: string
}

/** Best effort: a full disk must not end the services. */
async function keep(path: string, good: Kept): Promise<void> {
  const text = JSON.stringify(good)
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return
  const staged = `${path}.tmp`
  await writeFile(staged, text, { mode: 0o600 })
    .then(() => rename(staged, path))
    .catch(() => undefined)
}

async function kept(path: string, places: readonly string[]): Promise<FoundConfig | undefined> {
  try {
    const { file, text } = JSON.parse(await readFile(path, 'utf8')) as Kept
    // Of another file it says nothing about this one.
    return places.includes(file) ? { config: parseServersText(text), dir: dirname(file) } : undefined
  } catch {
    return undefined
  }
}
