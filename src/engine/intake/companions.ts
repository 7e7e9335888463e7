import type { Dirent } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'

/** An index file of a slide is a few hundred lines. */
const longestIndexBytes = 1 << 20
/** So many files of a folder are looked at before it is taken for one without DICOM. */
const dicomSamples = 3

/** The part of a directory entry that tells which slide it belongs to. */
type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory'>

/**
 * Names in a folder that are parts of another file there and no sources of their own: the data folder of an `.mrxs`, the images that
 * a Hamamatsu `.vms` or `.vmu` lists. By name: what the main file is worth its converter says.
 */
export async function companionsIn(folder: string, entries: readonly Entry[]): Promise<Set<string>> {
  const companions = new Set<string>()
  for (const { name } of entries.filter((entry) => entry.isFile())) {
    const ending = extname(name).toLowerCase()
    if (ending === '.mrxs') for (const own of dataFoldersOf(name, entries)) companions.add(own)
    if (ending === '.vms' || ending === '.vmu')
      for (const own of await listedIn(join(folder, name), entries)) companions.add(own)
  }
  return companions
}

/** Spelled as the file, or as a system that ignores case would take it. */
function dataFoldersOf(name: string, entries: readonly Entry[]): string[] {
  const stem = name.slice(0, -'.mrxs'.length)
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return folders.includes(stem) ? [stem] : folders.filter((one) => one.toLowerCase() === stem.toLowerCase())
}

/** Lines are `Key=file name`; a list that can't be read names nothing, and its converter says why. */
async function listedIn(path: string, entries: readonly Entry[]): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found || found.size > longestIndexBytes) return []
  const text = await readFile(path, 'latin1').catch(() => '')
  const values = new Set(text.split(/\r?\n/).map((line) => line.slice(line.indexOf('=') + 1).trim()))
  // Names are kept as bytes there, and files are found by theirs.
  return entries.map(({ name }) => name).filter((name) => values.has(Buffer.from(name).toString('latin1')))
}

/**
 * The slide whose data folder this is: somebody dropped `slide/` instead of `slide.mrxs`. Undefined for any other folder. Throws
 * `missing-part`, class `input`, where the main file is not beside it.
 */
export async function slideOfDataFolder(folder: string, entries: readonly Entry[]): Promise<string | undefined> {
  if (!entries.some(({ name }) => name.toLowerCase() === 'slidedat.ini')) return undefined
  const beside = await readdir(dirname(folder)).catch(() => [])
  const main = beside.find((name) => name.toLowerCase() === `${basename(folder)}.mrxs`.toLowerCase())
  if (main !== undefined) return join(dirname(folder), main)
  throw new MicrotomeError({
    code: 'missing-part',
    class: 'input',
    message: 'This is the data folder of an MRXS slide, and the .mrxs file that belongs to it is not beside it.',
    hint: 'Put the .mrxs file beside its folder, under the same name, and drop that.'
  })
}

/** Files of a folder that may be DICOM: named so, without an ending, or by a UID. */
export function maybeDicom(entries: readonly Entry[]): string[] {
  return entries.filter((entry) => entry.isFile() && mayBeDicom(entry.name)).map(({ name }) => name)
}

/** By name: what it is its bytes say. */
export const mayBeDicom = (path: string) => /^(\.(dcm|dicom|ima|\d+))?$/i.test(extname(path))

/** Whether a folder looks like a DICOM series: its first candidates say so themselves. A folder of other slides costs nothing. */
export async function looksLikeDicom(folder: string, entries: readonly Entry[]): Promise<boolean> {
  for (const name of maybeDicom(entries).slice(0, dicomSamples)) if (await isDicom(join(folder, name))) return true
  return false
}

/** The same of the folders right below: scanners put a slide's levels, label and overview into folders of their own. */
export async function dicomBelow(folder: string, entries: readonly Entry[]): Promise<boolean> {
  for (const { name } of entries.filter((entry) => entry.isDirectory()).slice(0, dicomSamples)) {
    const inside = await readdir(join(folder, name), { withFileTypes: true }).catch(() => [])
    if (await looksLikeDicom(join(folder, name), inside)) return true
  }
  return false
}

/** `DICM` behind a preamble of 128 bytes (DICOM PS3.10, 7.1). */
export async function isDicom(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (!file) return false
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 128)
    return bytesRead === 4 && buffer.toString('latin1') === 'DICM'
  } catch {
    return false
  } finally {
    await file.close()
  }
}
