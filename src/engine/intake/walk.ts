import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'

export interface FoundFile {
  path: string
  name: string
  sizeBytes: number
  modifiedAtMs: number
  /** Found inside a dropped folder, where files of other kinds are to be expected. */
  insideFolder: boolean
}

/** Files that systems leave in folders; never a source. */
const clutter = /^(\.|Thumbs\.db$|desktop\.ini$|~\$)/i
const maxDepth = 32

/** Told of each folder or file below the dropped path that can't be read; the walk goes on with the rest. */
export type OnUnreadable = (path: string, error: MicrotomeError) => void

/**
 * Every file of a dropped path, in name order: the file itself, or those in the folder and below. Symbolic links inside
 * folders are not followed (they may loop), hidden files and systems' clutter are left out. Throws `not-found` or
 * `not-readable`, class `input`, for the dropped path itself.
 */
export async function* walk(path: string, onUnreadable: OnUnreadable = () => {}): AsyncGenerator<FoundFile> {
  const found = await stat(path).catch((cause) => {
    throw unreadable(path, cause)
  })
  if (found.isFile()) yield fileAt(path, found, false)
  else if (found.isDirectory()) {
    const folder = await realpath(path)
    yield* walkEntries(folder, await entriesOf(folder), 0, onUnreadable)
  } else throw unreadable(path, new Error('neither a file nor a folder'))
}

async function* walkEntries(
  folder: string,
  entries: Dirent[],
  depth: number,
  onUnreadable: OnUnreadable
): AsyncGenerator<FoundFile> {
  for (const entry of entries) {
    const path = join(folder, entry.name)
    try {
      if (entry.isFile()) yield fileAt(path, await lstatOf(path), true)
      else if (entry.isDirectory() && depth < maxDepth)
        yield* walkEntries(path, await entriesOf(path), depth + 1, onUnreadable)
    } catch (thrown) {
      if (!(thrown instanceof MicrotomeError)) throw thrown
      onUnreadable(path, thrown)
    }
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw unreadable(folder, cause)
  })
  return entries
    .filter((entry) => !clutter.test(entry.name))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

function lstatOf(path: string): Promise<Stats> {
  return lstat(path).catch((cause) => {
    throw unreadable(path, cause)
  })
}

function fileAt(path: string, found: { size: number; mtimeMs: number }, insideFolder: boolean): FoundFile {
  return { path, name: basename(path), sizeBytes: found.size, modifiedAtMs: found.mtimeMs, insideFolder }
}

function unreadable(path: string, cause: unknown): MicrotomeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  return new MicrotomeError(
    {
      code: missing ? 'not-found' : 'not-readable',
      class: 'input',
      message: missing ? `There is no file or folder "${path}".` : `"${path}" can't be read${code && ` (${code})`}.`,
      hint: missing ? 'It may have been moved or renamed; drop it again.' : 'Check that this user may read it.'
    },
    { cause }
  )
}
