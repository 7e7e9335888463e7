import type { DicomBytes } from './dicom-file.ts'

/** What lies at a place of encapsulated pixel data (PS3.5, A.4). */
export type PixelItem = { kind: 'item' | 'end'; lengthBytes: number }

const itemTag = 0xe000fffe
const endTag = 0xe0ddfffe
const headerBytes = 8
/** Items of a few bytes are read many at once; those of usual frames take one read each, as small as the disk's own. */
const readBytes = 4096

/** The header of an item; undefined where there is none. */
export async function itemAt(file: DicomBytes, offset: number): Promise<PixelItem | undefined> {
  return parse(await file.readUpTo(offset, headerBytes), 0)
}

function parse(bytes: Buffer, at: number): PixelItem | undefined {
  if (at + headerBytes > bytes.length) return undefined
  const found = bytes.readUInt32LE(at)
  if (found !== itemTag && found !== endTag) return undefined
  return { kind: found === itemTag ? 'item' : 'end', lengthBytes: bytes.readUInt32LE(at + 4) }
}

/**
 * Goes from item to item by their lengths, until the delimiter, something that is no item, the end of the file, or
 * `visit` says false. `endOffset` is where the last item ends, at most the file's size.
 */
export async function walkItems(
  file: DicomBytes,
  from: number,
  visit: (offset: number, index: number) => boolean
): Promise<{ endOffset: number; items: number }> {
  let [offset, items] = [from, 0]
  let bytes: Buffer = Buffer.alloc(0)
  let bytesAt = 0
  while (offset < file.sizeBytes) {
    if (offset + headerBytes > bytesAt + bytes.length)
      [bytes, bytesAt] = [await file.readUpTo(offset, readBytes), offset]
    const item = parse(bytes, offset - bytesAt)
    if (item?.kind !== 'item') break
    const goesOn = visit(offset, items++)
    offset += headerBytes + item.lengthBytes
    if (!goesOn) break
  }
  return { endOffset: Math.min(offset, file.sizeBytes), items }
}

/**
 * The bytes of a frame out of its extent, which begins with an item's header: a view where there is one item, joined
 * where there are several. Undefined where the items don't fit the extent.
 */
export function frameIn(extent: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let at = 0; at < extent.length; ) {
    const item = parse(extent, at)
    const end = at + headerBytes + (item?.lengthBytes ?? 0)
    if (item?.kind !== 'item' || end > extent.length) return undefined
    parts.push(extent.subarray(at + headerBytes, end))
    at = end
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}
