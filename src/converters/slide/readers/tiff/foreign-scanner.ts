import { TiffTag } from '@cogeotiff/core'
import type { ByteSource } from './byte-source.ts'
import { type Directory, readDirectory, readHeader, type TiffHeader } from './directory.ts'
import { isVentana } from './ventana.ts'

/** The tag that every page of a Hamamatsu NDPI has (OpenSlide's `NDPI_FORMAT_FLAG`). */
export const ndpiTag = 65_420
const xmpTag = 700
const wordsBytes = 64 << 10

/** A scanner's format that lies in a TIFF and doesn't mean by its pages what TIFF does; Ventana's only where tiles overlap. */
export type ForeignScanner = 'Hamamatsu NDPI' | 'Leica SCN' | 'Trestle TIFF' | 'Ventana BIF'

/** Looks at the first directory alone; undefined for anything else, broken or not. */
export async function foreignScanner(source: ByteSource): Promise<ForeignScanner | undefined> {
  const header = await readHeader(source).catch(() => undefined)
  if (!header) return undefined
  for (const first of await firstOffsets(source, header)) {
    const directory = await readDirectory(source, header, first).catch(() => undefined)
    const name = directory && (await scannerOf(directory))
    if (name !== undefined) return name
  }
  return undefined
}

/** NDPI beyond 4 GB is a classic TIFF whose offsets have another 32 bits behind them (openslide-decode-tifflike.c). */
async function firstOffsets(source: ByteSource, { big, first, tiff }: TiffHeader): Promise<number[]> {
  if (big || source.sizeBytes < 2 ** 32) return [first]
  const high = new DataView((await source.read(8, 4)).buffer).getUint32(0, tiff.isLittleEndian)
  return [high * 2 ** 32 + first, first]
}

async function scannerOf(directory: Directory): Promise<ForeignScanner | undefined> {
  if (directory.has(ndpiTag)) return 'Hamamatsu NDPI'
  const words = (tagId: number) => directory.text(tagId, wordsBytes).catch(() => '')
  if ((await words(TiffTag.ImageDescription)).includes('http://www.leica-microsystems.com/scn/')) return 'Leica SCN'
  if (isVentana(await words(xmpTag))) return 'Ventana BIF'
  return (await words(TiffTag.Software)).startsWith('MedScan') ? 'Trestle TIFF' : undefined
}
