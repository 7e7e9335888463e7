import { readHead } from '../../../read-head.ts'
import { scannerInTiff } from '../tiff/index.ts'
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
  const head = await readHead(path, headBytes)
  const text = head.toString('latin1')
  const iniFormat = hamamatsuFormat(text)
  if (iniFormat) return { name: iniFormat }
  if (text.startsWith('ZISRAWFILE')) return { name: 'Zeiss CZI', since: '4.0' }
  if (text.startsWith(sqlite)) return text.includes(sakuraTable) ? { name: 'Sakura svslide' } : undefined
  if (text.startsWith('DICM', 128)) return {}
  if (!/^(II[*+]\0|MM\0[*+])/.test(text)) return undefined
  const scanner = await scannerInTiff(path)
  return scanner ? { name: scanner } : {}
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
