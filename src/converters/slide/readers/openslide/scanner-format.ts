import { open } from 'node:fs/promises'
import { type ByteSource, withFile } from '../../../tiff/byte-source.ts'
import { type Directory, type Layout, readDirectory, readHeader, tag, textOf } from '../../../tiff/directory.ts'
import { mrxsFolder } from './companion-parts.ts'
import { hamamatsuFormat } from './ini.ts'

/** What a look at a file tells of OpenSlide's chances. */
export interface ScannerFormat {
  /** Absent where it may be one of OpenSlide's, and no scanner's of those that only OpenSlide reads. */
  name?: string
  /** The first OpenSlide that reads it, where that isn't 3.4. */
  since?: string
}

const headBytes = 64 << 10
const sqlite = 'SQLite format 3\0'
/** The table that Sakura's files have (openslide-vendor-sakura.c); its name stands in the schema on the first pages. */
const sakuraTable = 'DataManagerSQLiteConfigXPO'

/** Looks at the content; of MRXS at its folder, since its own bytes are an ordinary picture's. Undefined: nothing for OpenSlide. */
export async function scannerFormat(path: string): Promise<ScannerFormat | undefined> {
  if ((await mrxsFolder(path)) !== undefined) return { name: 'MIRAX MRXS' }
  const head = await readHead(path)
  const text = head.toString('latin1')
  const iniFormat = hamamatsuFormat(text)
  if (iniFormat) return { name: iniFormat }
  if (text.startsWith('ZISRAWFILE')) return { name: 'Zeiss CZI', since: '4.0' }
  if (text.startsWith(sqlite)) return text.includes(sakuraTable) ? { name: 'Sakura svslide' } : undefined
  if (text.startsWith('DICM', 128)) return {}
  return /^(II[*+]\0|MM\0[*+])/.test(text) ? withFile(path, tiffFormat) : undefined
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** `NDPI_FORMAT_FLAG`, and XMP. */
const ndpiTag = 65420
const xmpTag = 700
const wordsBytes = 64 << 10

async function tiffFormat(source: ByteSource): Promise<ScannerFormat> {
  const header = await readHeader(source).catch(() => undefined)
  if (!header) return {}
  for (const first of await firstOffsets(source, header)) {
    const directory = await readDirectory(source, header.layout, first).catch(() => undefined)
    const name = directory && (await scannerOf(source, directory))
    if (name !== undefined) return { name }
  }
  return {}
}

/** NDPI beyond 4 GB is a classic TIFF whose offsets have another 32 bits behind them (openslide-decode-tifflike.c). */
async function firstOffsets(source: ByteSource, { layout, first }: { layout: Layout; first: number }) {
  if (layout.big || source.sizeBytes < 2 ** 32) return [first]
  const high = (await source.read(8, 4)).getUint32(0, layout.littleEndian)
  return [high * 2 ** 32 + first, first]
}

async function scannerOf(source: ByteSource, directory: Directory): Promise<string | undefined> {
  if (directory.entries.has(ndpiTag)) return 'Hamamatsu NDPI'
  const words = (tagId: number) => textOf(source, directory, tagId, wordsBytes).catch(() => '')
  if ((await words(tag.description)).includes('http://www.leica-microsystems.com/scn/')) return 'Leica SCN'
  if ((await words(xmpTag)).includes('<iScan')) return 'Ventana BIF'
  return (await words(tag.software)).startsWith('MedScan') ? 'Trestle TIFF' : undefined
}

const namesOfVendors: Record<string, string | undefined> = {
  aperio: 'Aperio SVS',
  dicom: 'DICOM WSI',
  'generic-tiff': 'TIFF',
  huron: 'Huron TIFF',
  leica: 'Leica SCN',
  mirax: 'MIRAX MRXS',
  philips: 'Philips TIFF',
  sakura: 'Sakura svslide',
  trestle: 'Trestle TIFF',
  ventana: 'Ventana BIF',
  zeiss: 'Zeiss CZI'
}

/** A format as people read it, from what `openslide_detect_vendor` says and what the content looked like. */
export function formatName(vendor: string, looksLike: string | undefined): string {
  return looksLike ?? namesOfVendors[vendor] ?? vendor
}
