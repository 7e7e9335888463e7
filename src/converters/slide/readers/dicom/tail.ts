import dicomParser from 'dicom-parser'
import { tag } from './attributes.ts'
import { peekTag, streamOf } from './data-set.ts'
import { type DicomBytes, dicomDamaged, type Extent } from './dicom-file.ts'
import type { Head } from './head.ts'
import { endOfItems } from './sequence-items.ts'

/** What grows with the number of frames, found without reading it. */
export interface Tail {
  perFrame?: Extent
  offsetTable?: Extent
  pixels?: Extent
}

const undefinedLength = 0xffffffff
/** Attributes behind the per-frame groups are few; a file of millions of empty ones is none that we read. */
const mostElements = 10_000

/** Walks the attributes behind the head up to the pixels. Throws `damaged`. */
export async function locateTail(file: DicomBytes, head: Head): Promise<Tail> {
  const tail: Tail = {}
  let offset = head.endOffset
  for (let count = 0; count < mostElements && offset < file.sizeBytes; count++) {
    const element = await elementAt(file, offset, head.syntax.implicit === true)
    const extent = { offset: element.offset, lengthBytes: element.lengthBytes }
    if (element.tag === tag.perFrameGroups) tail.perFrame = extent
    if (element.tag === tag.offsetTable) tail.offsetTable = extent
    if (element.tag === tag.pixelData) return { ...tail, pixels: extent }
    offset = await endOf(file, head, extent)
  }
  return tail
}

async function elementAt(file: DicomBytes, offset: number, implicit: boolean): Promise<Extent & { tag: string }> {
  const bytes = await file.readUpTo(offset, 12)
  if (bytes.length < 8) throw cutShort(offset, file.sizeBytes)
  const stream = streamOf(bytes)
  const name = peekTag(stream)
  // Asked to stop at this very tag the library reads its header and nothing behind it.
  const read = implicit ? dicomParser.readDicomElementImplicit : undefined
  const long = !implicit && bytes.length === 12 && longTypes.has(bytes.toString('latin1', 4, 6))
  const { length, dataOffset } = long
    ? { length: bytes.readUInt32LE(8), dataOffset: 12 }
    : (read?.(stream, name) ?? dicomParser.readDicomElementExplicit(stream, [], name))
  return {
    tag: name,
    offset: offset + dataOffset,
    lengthBytes: length === undefinedLength ? Number.POSITIVE_INFINITY : length
  }
}

/** Types with a length of 32 bits that came after dicom-parser 1.8 (PS3.5, 7.1.2): it takes them for short ones. */
const longTypes = new Set(['OV', 'SV', 'UV'])

async function endOf(file: DicomBytes, head: Head, { offset, lengthBytes }: Extent): Promise<number> {
  if (Number.isFinite(lengthBytes)) return offset + lengthBytes
  return endOfItems(file, offset, head.syntax.implicit === true)
}

function cutShort(offset: number, sizeBytes: number) {
  return dicomDamaged(`an attribute at byte ${offset} reaches beyond the file's end at ${sizeBytes}`)
}
