import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDicom } from './companions.ts'
import type { FoundFile, Look } from './found-file.ts'

/** What a folder with DICOM files in it is: the folder itself where it is one slide, and names in it that are no sources of their own. */
export interface DicomFolder {
  slide: FoundFile | undefined
  taken: ReadonlySet<string>
}

/**
 * Asks the converter what a folder with DICOM files is. One series: one source. A series that lacks something: one source, whose look
 * says what. Several series: each is a source under the name of its main file, its other files are taken. Anything else: files as
 * they are. `names` are those that may be DICOM.
 */
export async function dicomFolder(folder: FoundFile, names: readonly string[], look: Look): Promise<DicomFolder> {
  const seen = await look(folder)
  if (seen.type === 'recognised') return { slide: folder, taken: new Set(topNames(seen.file) ?? names) }
  if (seen.error.code === 'missing-part' && names.length > 0)
    return { slide: folder, taken: new Set(await dicomAmong(folder.path, names)) }
  return { slide: undefined, taken: await takenBySeries(folder.path, names, look) }
}

/**
 * Names in a folder that belong to a slide whose main file is another one of `names`. The largest file of a series mostly is its
 * main file, so that it takes the others before they cost a look.
 */
export async function takenBySeries(folder: string, names: readonly string[], look: Look): Promise<Set<string>> {
  const taken = new Set<string>()
  for (const file of await bySize(folder, await dicomAmong(folder, names))) {
    if (taken.has(file.name)) continue
    const seen = await look(file)
    const parts = seen.type === 'recognised' ? topNames(seen.file) : undefined
    for (const part of parts ?? []) if (part !== file.name) taken.add(part)
  }
  return taken
}

async function bySize(folder: string, names: readonly string[]): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found) files.push({ path, name, sizeBytes: found.size, modifiedAtMs: found.mtimeMs, insideFolder: true })
  }
  return files.sort((a, b) => b.sizeBytes - a.sizeBytes)
}

/** Of the source's parts, the entries of the folder that holds them. */
function topNames({ parts }: FoundFile): string[] | undefined {
  return parts?.files.flatMap(({ path }) => path.split('/').slice(0, 1))
}

async function dicomAmong(folder: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const name of names) if (await isDicom(join(folder, name))) found.push(name)
  return found
}
