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

/**
 * Every file of a dropped path, in name order: the file itself, or those in the folder and below. Symbolic links inside
 * folders are not followed (they may loop), hidden files and systems' clutter are left out. Throws `not-found` or
 * `not-readable`, class `input`, for the dropped path itself.
 */
export async function* walk(path: string): AsyncGenerator<FoundFile> {
  const found = await stat(path).catch((cause) => {
    throw unreadable(path, cause)
  })
  if (found.isFile()) yield fileAt(path, found, false)
  else if (found.isDirectory()) yield* walkFolder(await realpath(path), 0)
  else throw unreadable(path, new Error('neither a file nor a folder'))
}

async function* walkFolder(folder: string, depth: number): AsyncGenerator<FoundFile> {
  if (depth > maxDepth) return
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw unreadable(folder, cause)
  })
  entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  for (const entry of entries) {
    if (clutter.test(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walkFolder(path, depth + 1)
    else if (entry.isFile()) yield fileAt(path, await lstat(path), true)
  }
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
