import type { DroppedFile } from './dropped-file.ts'

/** What of the File and Directory Entries API a walk uses; browsers give more. */
export interface EntryLike {
  readonly isFile: boolean
  readonly isDirectory: boolean
  readonly name: string
}
export interface FileEntryLike extends EntryLike {
  file(found: (file: File) => void, failed: (error: unknown) => void): void
}
export interface DirectoryEntryLike extends EntryLike {
  createReader(): { readEntries(found: (entries: EntryLike[]) => void, failed: (error: unknown) => void): void }
}

/** Every file of a drop, folders walked to their ends. Hidden files are left out, as a file manager shows it. */
export async function* walkEntries(entries: Iterable<EntryLike>, folder = ''): AsyncGenerator<DroppedFile> {
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = folder + entry.name
    if (isDirectory(entry)) yield* walkEntries(await childrenOf(entry), `${path}/`)
    else if (isFile(entry)) yield { path, file: await fileOf(entry) }
  }
}

function isDirectory(entry: EntryLike): entry is DirectoryEntryLike {
  return entry.isDirectory
}

function isFile(entry: EntryLike): entry is FileEntryLike {
  return entry.isFile
}

/** `readEntries` answers at most 100 at a time and has to be asked until it answers none. */
async function childrenOf(folder: DirectoryEntryLike): Promise<EntryLike[]> {
  const reader = folder.createReader()
  const all: EntryLike[] = []
  for (;;) {
    const some = await new Promise<EntryLike[]>((found, failed) => reader.readEntries(found, failed))
    if (some.length === 0) return all
    all.push(...some)
  }
}

function fileOf(entry: FileEntryLike): Promise<File> {
  return new Promise((found, failed) => entry.file(found, failed))
}
