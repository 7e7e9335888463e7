import { readdir, stat } from 'node:fs/promises'
import { dirname, extname, join, relative, sep } from 'node:path'
import { missingPart } from '../../../failures.ts'
import { readHead } from '../../../read-head.ts'
import { hamamatsuFormat, parseIni } from './ini.ts'

/** A file of a slide, relative with `/` to the folder that holds the source. */
export interface SlidePart {
  path: string
  sizeBytes: number
}

/** Key files are small (OpenSlide's own limits: 64 KiB and 1 MiB). */
const maxIniBytes = 1 << 20
const headBytes = 4096

/**
 * All files of a slide that consists of several, the main one first; undefined for a slide that is one file. Throws
 * `missing-part` that says what is missing by kind and number, never by name.
 */
export async function companionParts(path: string): Promise<SlidePart[] | undefined> {
  if (isMrxs(path)) return mrxsParts(path)
  if (hamamatsuFormat(String(await readHead(path, headBytes))) === undefined) return undefined
  return hamamatsuParts(path, String(await readHead(path, maxIniBytes)))
}

/** The data folder of an MRXS; undefined where the file isn't one. */
export async function mrxsFolder(path: string): Promise<string | undefined> {
  if (!isMrxs(path)) return undefined
  const folder = path.slice(0, -'.mrxs'.length)
  return (await sizeOf(join(folder, 'Slidedat.ini'))) === undefined ? undefined : folder
}

/** OpenSlide, too, goes by the name: the file itself is an ordinary picture. */
const isMrxs = (path: string) => /[^\\/]\.mrxs$/i.test(path)

async function mrxsParts(path: string): Promise<SlidePart[]> {
  const folder = path.slice(0, -'.mrxs'.length)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw lacking('the folder of the same name beside the .mrxs')
  const slidedat = join(folder, 'Slidedat.ini')
  if ((await sizeOf(slidedat)) === undefined) throw lacking('Slidedat.ini in the folder beside the .mrxs')
  const groups = parseIni(String(await readHead(slidedat, maxIniBytes)))
  const index = groups.get('HIERARCHICAL')?.get('INDEXFILE')
  const data = [...(groups.get('DATAFILE') ?? [])].flatMap(([key, name]) => (/^FILE_\d+$/.test(key) ? [name] : []))
  if (index !== undefined) await checkNamed(folder, [index], 'index', 'Slidedat.ini')
  await checkNamed(folder, data, 'data', 'Slidedat.ini')
  const inside = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = inside.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return partsOf(path, files.sort())
}

/** Every file that the key file names, of all focal planes; the optimisation file may be missing, as for OpenSlide. */
async function hamamatsuParts(path: string, text: string): Promise<SlidePart[]> {
  const group = [...parseIni(text)].find(([name]) => name.endsWith('Virtual Microscope Specimen'))?.[1] ?? new Map()
  const named = (pattern: RegExp) =>
    [...group].flatMap(([key, name]: [string, string]) => (pattern.test(key) && name !== '' ? [name] : []))
  const folder = dirname(path)
  const images = named(/^(ImageFile|MapFile|MacroImage)/)
  await checkNamed(folder, images, 'image', `the ${extname(path).toLowerCase() || 'key file'}`)
  const optional = await present(folder, named(/^OptimisationFile/))
  return partsOf(
    path,
    [...images, ...optional].map((name) => join(folder, name))
  )
}

async function checkNamed(folder: string, names: string[], kind: string, by: string): Promise<void> {
  const there = await present(folder, names)
  const missing = names.length - there.length
  if (missing > 0) throw lacking(`${missing} of ${names.length} ${kind} files named in ${by}`)
}

/** A name that leads out of the folder counts as missing. */
async function present(folder: string, names: string[]): Promise<string[]> {
  const isPlain = (name: string) => !/[\\/]/.test(name) && name !== '..'
  const sizes = await Promise.all(names.map((name) => (isPlain(name) ? sizeOf(join(folder, name)) : undefined)))
  return names.filter((_, i) => sizes[i] !== undefined)
}

async function partsOf(path: string, files: string[]): Promise<SlidePart[]> {
  const all = [path, ...new Set(files)]
  const base = dirname(path)
  return Promise.all(
    all.map(async (file) => ({
      path: relative(base, file).split(sep).join('/'),
      sizeBytes: (await sizeOf(file)) ?? 0
    }))
  )
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}

function lacking(what: string) {
  return missingPart(
    `A part of the slide is missing: ${what}.`,
    'Keep all files of the slide together, as the scanner wrote them, and choose it again.'
  )
}
