import { statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Converted } from '../../shared/converter-protocol.ts'

/** A file of a result; `path` is relative with `/`. */
export interface ResultFile {
  path: string
  sizeBytes: number
}

const baseName = 'result'
/** Of a result with more files nobody is told the names of those in its folders. */
export const listedTiles = 1000

/** Removes what an earlier try, killed or failed, left of a result; other files of the folder stay. */
export async function clearResult(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (name.startsWith(baseName)) await rm(join(dir, name), { recursive: true, force: true, maxRetries: 3 })
}

/**
 * All files of a result, those of a folder behind each other: the descriptor, the sidecar, then tiles level by level. What lies in
 * the folders `except` (relative with `/`) is left out.
 */
export async function listResult(dir: string, except: ReadonlySet<string> = new Set()): Promise<ResultFile[]> {
  const found = await readdir(dir, { withFileTypes: true })
  const files = found.filter((entry) => entry.isFile() && entry.name.startsWith(baseName))
  const folders = found.filter((entry) => entry.isDirectory() && entry.name.startsWith(baseName))
  const inFolders = await Promise.all(folders.map((folder) => listFolder(dir, folder.name, except)))
  return [...files.map(({ name }) => resultFile(dir, name)).sort(byPath), ...inFolders.flat()]
}

async function listFolder(root: string, path: string, except: ReadonlySet<string>): Promise<ResultFile[]> {
  if (except.has(path)) return []
  const entries = await readdir(join(root, path), { withFileTypes: true })
  // Beyond that nobody is told their names.
  if (entries.length <= listedTiles) entries.sort((a, b) => compare(a.name, b.name))
  const files: ResultFile[] = []
  for (const entry of entries)
    if (entry.isDirectory()) files.push(...(await listFolder(root, `${path}/${entry.name}`, except)))
    else files.push(resultFile(root, `${path}/${entry.name}`))
  return files
}

const resultFile = (root: string, path: string): ResultFile => ({ path, sizeBytes: statSync(join(root, path)).size })
const byPath = (a: ResultFile, b: ResultFile) => compare(a.path, b.path)
/** `2` before `10`, whatever the machine's language. */
const collator = new Intl.Collator('en', { numeric: true })
const compare = (a: string, b: string) => collator.compare(a, b)

/** What a result holds besides the files that are listed, all of it in folders. */
export interface Unlisted {
  files: number
  sizeBytes: number
}

/** Of an unpacked result, as the engine is told of it. */
export function describeFiles(
  files: ResultFile[],
  unlisted: Unlisted = { files: 0, sizeBytes: 0 }
): Pick<Converted, 'packed' | 'files' | 'totalBytes'> {
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, unlisted.sizeBytes)
  return { packed: false, files: summarise(files, files.length + unlisted.files), totalBytes }
}

/** What the engine is told: a result of more than 1,000 files without those in its folders. */
export function summarise(files: ResultFile[], of = files.length): ResultFile[] {
  return of > listedTiles ? files.filter(({ path }) => !path.includes('/')) : files
}
