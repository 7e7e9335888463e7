import { mkdir, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, parse, resolve } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'

export interface FolderEntry {
  name: string
  path: string
  isFolder: boolean
  sizeBytes?: number
  modifiedAtMs?: number
}

export interface FolderListing {
  path: string
  parent?: string
  entries: FolderEntry[]
  places: FolderEntry[]
}

/** What a folder of this node holds, folders first, for a page that has no native dialog; hidden entries are left out. */
export async function listFolder(path: string | undefined, extraPlaces: string[]): Promise<FolderListing> {
  const folder = resolve(path ?? homedir())
  const found = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw unreadable(folder, cause)
  })
  const visible = found.filter((entry) => !entry.name.startsWith('.') && !entry.name.startsWith('$'))
  const entries = await Promise.all(visible.map((entry) => describe(join(folder, entry.name), entry.name)))
  const parent = dirname(folder)
  return {
    path: folder,
    ...(parent === folder ? {} : { parent }),
    entries: entries.filter((entry) => entry !== undefined).sort(foldersFirst),
    places: await places(extraPlaces)
  }
}

/** Makes a folder; throws `not-writable`, class `input`. */
export async function createFolder(path: string): Promise<{ path: string }> {
  const folder = resolve(path)
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new MicrotomeError(
      {
        code: 'not-writable',
        class: 'input',
        message: `The folder "${folder}" can't be made.`,
        hint: 'Choose another place.'
      },
      { cause }
    )
  })
  return { path: folder }
}

async function describe(path: string, name: string): Promise<FolderEntry | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found || !(found.isDirectory() || found.isFile())) return undefined
  if (found.isDirectory()) return { name, path, isFolder: true }
  return { name, path, isFolder: false, sizeBytes: found.size, modifiedAtMs: Math.round(found.mtimeMs) }
}

async function places(extra: string[]): Promise<FolderEntry[]> {
  const home = homedir()
  const usual = ['Desktop', 'Documents', 'Downloads', 'Pictures', 'Videos'].map((name) => join(home, name))
  const mounts = await Promise.all(['/media', '/mnt', '/Volumes'].map(subfolders))
  const candidates = [...new Set([...extra, home, ...usual, ...mounts.flat(), ...drives(), parse(home).root])]
  const described = await Promise.all(candidates.map((path) => describe(path, nameOfPlace(path, home))))
  return described.filter((entry) => entry !== undefined).filter((entry) => entry.isFolder)
}

function nameOfPlace(path: string, home: string): string {
  if (path === home) return 'Home'
  const { base, root } = parse(path)
  return base || root
}

async function subfolders(path: string): Promise<string[]> {
  const found = await readdir(path, { withFileTypes: true }).catch(() => [])
  return found.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name))
}

function drives(): string[] {
  return parse(homedir()).root.includes(':') ? Array.from('CDEFGHIJKLMNOPQRSTUVWXYZ', (letter) => `${letter}:\\`) : []
}

function foldersFirst(a: FolderEntry, b: FolderEntry): number {
  if (a.isFolder !== b.isFolder) return a.isFolder ? -1 : 1
  return a.name.localeCompare(b.name, 'en', { numeric: true })
}

function unreadable(folder: string, cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'not-readable',
      class: 'input',
      message: `The folder "${folder}" can't be read.`,
      hint: 'It is gone, or this user may not read it.'
    },
    { cause }
  )
}
