import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import { companionsIn, dicomBelow, looksLikeDicom, maybeDicom, slideOfDataFolder } from './companions.ts'
import { dicomFolder } from './dicom-folder.ts'
import type { FoundFile, Look } from './found-file.ts'

/** Files that systems leave in folders; never a source. */
const clutter = /^(\.|Thumbs\.db$|desktop\.ini$|~\$)/i
const maxDepth = 32

/** Told of each folder or file below the dropped path that can't be read; the walk goes on with the rest. */
export type OnUnreadable = (path: string, error: MicrotomeError) => void

interface Walk {
  onUnreadable: OnUnreadable
  look: Look | undefined
}

/**
 * Every source of a dropped path, in name order: the file itself, or those in the folder and below. A folder that is one DICOM slide
 * is one source, found with the help of `look`; files that belong to another (see {@link companionsIn}) are left out. Symbolic links
 * inside folders are not followed (they may loop), hidden files and systems' clutter are left out. Throws `not-found` or
 * `not-readable`, class `input`, for the dropped path itself.
 */
export async function* walk(
  path: string,
  onUnreadable: OnUnreadable = () => {},
  look?: Look | undefined
): AsyncGenerator<FoundFile> {
  const found = await stat(path).catch((cause) => {
    throw unreadable(path, cause)
  })
  if (found.isFile()) return yield fileAt(path, found, false)
  if (!found.isDirectory()) throw unreadable(path, new Error('neither a file nor a folder'))
  const folder = await realpath(path)
  const entries = await entriesOf(folder)
  const slide = await slideOfDataFolder(folder, entries)
  if (slide === undefined) yield* walkEntries(folder, entries, 0, { onUnreadable, look })
  else yield fileAt(slide, await lstatOf(slide), false)
}

async function* walkEntries(folder: string, entries: Dirent[], depth: number, of: Walk): AsyncGenerator<FoundFile> {
  const { slide, taken } = await together(folder, entries, depth, of)
  if (slide) yield slide
  for (const entry of entries.filter(({ name }) => !taken.has(name))) {
    const path = join(folder, entry.name)
    try {
      if (entry.isFile()) yield fileAt(path, await lstatOf(path), true)
      else if (entry.isDirectory() && depth < maxDepth) yield* walkEntries(path, await entriesOf(path), depth + 1, of)
    } catch (thrown) {
      if (!(thrown instanceof MicrotomeError)) throw thrown
      of.onUnreadable(path, thrown)
    }
  }
}

/** What in a folder belongs together: the folder itself where it is a slide, and the names that are parts of something. */
async function together(folder: string, entries: Dirent[], depth: number, { look }: Walk) {
  const companions = await companionsIn(folder, entries)
  const others = entries.filter(({ name }) => !companions.has(name))
  const isAsked = look && ((await looksLikeDicom(folder, others)) || (await dicomBelow(folder, others)))
  if (!isAsked) return { slide: undefined, taken: companions }
  const { slide, taken } = await dicomFolder(await folderAt(folder, depth > 0), maybeDicom(others), look)
  return { slide, taken: new Set([...companions, ...taken]) }
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

/** As large as its files together and as new as the newest, those below too, so that a look is repeated when one of them changed. */
async function folderAt(path: string, insideFolder: boolean): Promise<FoundFile> {
  const below = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = below.filter((entry) => entry.isFile()).map((entry) => lstat(join(entry.parentPath, entry.name)))
  const found = (await Promise.allSettled(files)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const size = found.reduce((sum, one) => sum + one.size, 0)
  const mtimeMs = found.reduce((newest, one) => Math.max(newest, one.mtimeMs), 0)
  return { ...fileAt(path, { size, mtimeMs }, insideFolder), isFolder: true }
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
